package dev.sepconv.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * TornadoVM's SDK as it lies on the disk.
 *
 * @param home its folder, which may be anything
 * @param from who named it: {@code TORNADOVM_HOME} or {@code SDKMAN}
 */
record Sdk(Path home, String from) {

    private static final Check.Group GROUP = new Check.Group("TornadoVM");
    private static final String TESTED = "5.2.0";
    private static final String JDK = "-jdk25";
    private static final String GET = "install TornadoVM's SDK " + TESTED
            + " for JDK 25 (`sdk install tornadovm 5.2.0-jdk25-opencl`, or a release zip named …-jdk25…) and set TORNADOVM_HOME to it";
    private static final Pattern DRIVER_JAR = Pattern
            .compile("tornado-drivers-(opencl|ptx|cuda|spirv|metal)-(?!jni).*\\.jar");
    private static final Pattern DRIVER_MODULE = Pattern
            .compile("tornado\\.drivers\\.(opencl|ptx|cuda|spirv|metal)\\b");
    /**
     * The native half of a backend, as {@code System.mapLibraryName} takes it; SPIR-V's is in its
     * jars.
     */
    private static final Map<String, String> LIBRARIES = Map.of("opencl", "tornado-opencl", "ptx",
            "tornado-ptx", "cuda", "tornado-cuda", "metal", "tornado-objc-metal");

    /** The SDK that the launcher takes, or null if there is none. */
    static Sdk find(Map<String, String> environment) {
        String named = environment.getOrDefault("TORNADOVM_HOME", "");
        if (!named.isEmpty()) {
            return new Sdk(Path.of(named), "TORNADOVM_HOME");
        }
        String sdkman = environment.getOrDefault("SDKMAN_DIR", home(environment) + "/.sdkman");
        Path current = Path.of(sdkman, "candidates", "tornadovm", "current");
        return Files.exists(current) ? new Sdk(current, "SDKMAN") : null;
    }

    /** As the launcher has it: where HOME isn't set, what the system says of the user. */
    private static String home(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", "");
        return home.isEmpty() ? System.getProperty("user.home") : home;
    }

    /** What there is to say where there is none. */
    static List<Check> none() {
        String why = "there is no SDK";
        return List.of(GROUP.warning("SDK",
                "none: TORNADOVM_HOME is not set, and SDKMAN has none; sepconv works on the CPU without it",
                "for GPUs and other OpenCL, CUDA and Level Zero devices, " + GET),
                GROUP.notChecked("argument file", why), GROUP.notChecked("backends", why));
    }

    /** The SDK, its argument file and its backends; what depends on a fault is not checked. */
    List<Check> checks() throws IOException {
        List<Check> checks = new ArrayList<>();
        checks.add(whole());
        String why = "fix SDK first";
        if (checks.getLast().state() == Check.State.FAULT) {
            checks.add(GROUP.notChecked("argument file", why));
            checks.add(GROUP.notChecked("backends", why));
            return checks;
        }
        checks.add(argumentFile());
        checks.add(checks.getLast().state() == Check.State.FAULT
                ? GROUP.notChecked("backends", "fix argument file first")
                : backendsCheck());
        return checks;
    }

    private Check whole() throws IOException {
        String title = "SDK";
        String set = from.equals("SDKMAN")
                ? "install it again: `sdk install tornadovm 5.2.0-jdk25-opencl`"
                : "set TORNADOVM_HOME to the SDK's folder, the one that holds tornado-argfile; or unset it, to go without TornadoVM";
        String where = "%s (%s)".formatted(home, from);
        if (!Files.isDirectory(home)) {
            return GROUP.fault(title,
                    where + (Files.exists(home) ? " is no folder" : " is not there"), set);
        }
        if (!Files.isDirectory(jars())) {
            return GROUP.fault(title, where + " is no SDK: it has no folder share/java/tornado",
                    set);
        }
        List<String> apis = names(jars()).stream()
                .filter(name -> name.matches("tornado-api-.*\\.jar")).toList();
        if (apis.isEmpty()) {
            return GROUP.fault(title, where + " lacks the jar tornado-api in share/java/tornado",
                    GET);
        }
        String version = apis.getFirst().replaceAll("^tornado-api-|\\.jar$", "");
        if (version.matches("[6-9]\\..*")) {
            return GROUP.fault(title,
                    "%s is %s, which sepconv doesn't work with".formatted(where, version), GET);
        }
        if (!version.contains(JDK)) {
            return GROUP.fault(title,
                    "%s is %s, which is not built for JDK 25".formatted(where, version), GET);
        }
        String found = "%s at %s".formatted(version, where);
        return version.startsWith(TESTED)
                ? GROUP.ok(title, "%s", found)
                : GROUP.warning(title, "%s; sepconv was tested with %s".formatted(found, TESTED),
                        "if something fails, " + GET);
    }

    private Check argumentFile() throws IOException {
        String title = "argument file";
        Path template = home.resolve("tornado-argfile.template");
        String fix = Files.isRegularFile(template)
                ? "make it anew from its template: sed \"s|\\${TORNADOVM_HOME}|%1$s|g\" %1$s/tornado-argfile.template > %1$s/tornado-argfile"
                        .formatted(home)
                : GET;
        if (!Files.isRegularFile(argfile())) {
            return GROUP.fault(title, argfile() + " is not there", fix);
        }
        for (String line : Files.readAllLines(argfile())) {
            if (line.strip().matches("-Djava\\.library\\.path=.*\\s.*")) {
                return GROUP.fault(title,
                        "it has a path with a space, which it would have to have in quotes: "
                                + line.strip(),
                        "move the SDK to a path without spaces, make its argument file there anew from tornado-argfile.template, and "
                                + "set TORNADOVM_HOME to it");
            }
        }
        List<String> options = options();
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < options.size(); i++) {
            String option = options.get(i);
            if (option.startsWith("-Djava.library.path=")) {
                paths.addAll(split(option.substring(option.indexOf('=') + 1)));
            } else if (option.matches("--(upgrade-)?module-path=.*")) {
                paths.addAll(split(option.substring(option.indexOf('=') + 1)));
            } else if (option.matches("--(upgrade-)?module-path|-p") && i + 1 < options.size()) {
                paths.addAll(split(options.get(++i)));
            }
        }
        List<String> gone = paths.stream().filter(path -> !Files.exists(Path.of(path))).distinct()
                .toList();
        if (!gone.isEmpty()) {
            return GROUP.fault(title, "it points to %s, which %s not there: was the SDK moved?"
                    .formatted(String.join(", ", gone), gone.size() == 1 ? "is" : "are"), fix);
        }
        List<String> unexpanded = options.stream().filter(option -> option.contains("${")).toList();
        if (!unexpanded.isEmpty()) {
            return GROUP.fault(title, "it still has a place to fill in: " + unexpanded.getFirst(),
                    fix);
        }
        Path real = home.toRealPath();
        List<String> outside = new ArrayList<>();
        for (String path : paths) {
            if (!path.equals(".") && !Path.of(path).toRealPath().startsWith(real)) {
                outside.add(path);
            }
        }
        if (!outside.isEmpty()) {
            return GROUP.warning(title,
                    "it points to another SDK: %s".formatted(outside.getFirst()), fix);
        }
        return paths.isEmpty()
                ? GROUP.fault(title,
                        argfile() + " has no module path: it is no argument file of TornadoVM's",
                        fix)
                : GROUP.ok(title, "all %d places that it names are there", paths.size());
    }

    private Check backendsCheck() throws IOException {
        String title = "backends";
        Map<String, String> versions = backends();
        TreeSet<String> asked = new TreeSet<>();
        for (String option : options()) {
            Matcher module = DRIVER_MODULE.matcher(option);
            while (module.find()) {
                asked.add(module.group(1));
            }
        }
        if (versions.isEmpty()) {
            String declared = declared();
            return GROUP.fault(title,
                    "none: share/java/tornado holds no jar tornado-drivers-(opencl, ptx, cuda or spirv)"
                            + (declared.isEmpty()
                                    ? ""
                                    : ", though etc/tornado.backend says " + declared),
                    "install the SDK again, with the backend of your device: OpenCL, PTX, CUDA or SPIR-V");
        }
        for (String backend : asked) {
            if (!versions.containsKey(backend)) {
                return GROUP.fault(title,
                        "the argument file asks for %s, and its jar is gone; there %s %s".formatted(
                                backend, versions.size() == 1 ? "is" : "are",
                                String.join(", ", versions.keySet())),
                        "install the SDK again, or take tornado.drivers.%s out of %s"
                                .formatted(backend, argfile()));
            }
        }
        for (String backend : versions.keySet()) {
            String library = LIBRARIES.get(backend);
            if (library != null && !Files
                    .isRegularFile(home.resolve("lib").resolve(System.mapLibraryName(library)))) {
                return GROUP.fault(title,
                        "%s lacks its native library %s".formatted(backend,
                                home.resolve("lib").resolve(System.mapLibraryName(library))),
                        "install the SDK again");
            }
            if (!asked.contains(backend)) {
                return GROUP.warning(title,
                        "%s is installed, but the argument file doesn't load it".formatted(backend),
                        "add tornado.drivers.%s to --add-modules in %s".formatted(backend,
                                argfile()));
            }
        }
        return GROUP.ok(title, "%s", String.join(", ", versions.keySet()));
    }

    /** The backends whose jars are there. */
    List<String> backendNames() throws IOException {
        return Files.isDirectory(jars()) ? List.copyOf(backends().keySet()) : List.of();
    }

    private Map<String, String> backends() throws IOException {
        Map<String, String> backends = new TreeMap<>();
        for (String name : names(jars())) {
            Matcher jar = DRIVER_JAR.matcher(name);
            if (jar.matches()) {
                backends.put(jar.group(1), name);
            }
        }
        return backends;
    }

    private String declared() throws IOException {
        Path file = home.resolve("etc").resolve("tornado.backend");
        Properties properties = new Properties();
        if (Files.isRegularFile(file)) {
            try (var in = Files.newInputStream(file)) {
                properties.load(in);
            }
        }
        return properties.getProperty("tornado.backends", "").replace("-backend", "");
    }

    private Path jars() {
        return home.resolve("share").resolve("java").resolve("tornado");
    }

    private Path argfile() {
        return home.resolve("tornado-argfile");
    }

    /** The words of the argument file; TornadoVM writes it without quotes. */
    private List<String> options() throws IOException {
        List<String> options = new ArrayList<>();
        for (String line : Files.readAllLines(argfile())) {
            if (!line.isBlank() && !line.strip().startsWith("#")) {
                options.addAll(Arrays.asList(line.strip().split("\\s+")));
            }
        }
        return options;
    }

    private static List<String> split(String path) {
        return Stream.of(path.split(java.io.File.pathSeparator)).filter(each -> !each.isEmpty())
                .toList();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
