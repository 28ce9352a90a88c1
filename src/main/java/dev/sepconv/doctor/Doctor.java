package dev.sepconv.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.doctor.Children.Answer;
import dev.sepconv.doctor.Children.Question;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.simd.SimdEngine;
import dev.sepconv.engine.tuning.TuningFile;
import dev.sepconv.measure.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

// Over 400 lines, since it is a list of checks, each with its finding and what fixes it.
/**
 * Looks at everything that sepconv needs, in the order in which it would have to be fixed.
 * TornadoVM and drivers are asked in processes of their own. No SDK is no fault: sepconv then works
 * on the CPU.
 */
public final class Doctor {

    private static final Check.Group JAVA = new Check.Group("Java");
    private static final Check.Group TORNADOVM = new Check.Group("TornadoVM");
    private static final Check.Group DRIVERS = new Check.Group("Drivers");
    private static final Check.Group DEVICES = new Check.Group("Devices");
    private static final Check.Group FILES = new Check.Group("Files");

    private static final int JDK = 25;
    private static final double GIB = 0x1p30;
    private static final String GET_OPENCL = "install your device's OpenCL driver (for the CPU, Debian's pocl-opencl-icd)";
    private static final String GET_CUDA = "install NVIDIA's driver and see that `nvidia-smi` lists the GPU";
    private static final String GET_LEVEL_ZERO = "install Intel's GPU driver with Level Zero (Debian: intel-opencl-icd, libze-intel-gpu1, libze1)";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, String> environment;
    private final Config config;
    private final Children children;
    private final Consumer<String> progress;
    private final List<Check> checks = new ArrayList<>();

    /**
     * The file that {@code --config} names.
     *
     * @param faults a sentence each; none if it is in order
     */
    public record Config(String name, List<String> faults) {
    }

    /**
     * @param environment the variables of this process
     * @param config null if there is none
     * @param progress told what is being looked at
     */
    public Doctor(Map<String, String> environment, Config config, Children children,
            Consumer<String> progress) {
        this.environment = environment;
        this.config = config;
        this.children = children;
        this.progress = progress;
    }

    /**
     * Looks at everything.
     *
     * @return first what must be fixed first
     * @throws IOException if no process can be started, or a folder can't be listed
     */
    public List<Check> examine() throws IOException, InterruptedException {
        checks.clear();
        java();
        Sdk sdk = Sdk.find(environment);
        progress.accept("TornadoVM's SDK");
        checks.addAll(sdk == null ? Sdk.none() : sdk.checks());
        if (config != null) {
            int more = config.faults.size() - 1;
            checks.add(config.faults.isEmpty()
                    ? TORNADOVM.ok("--config", "%s is in order", config.name)
                    : TORNADOVM.fault("--config",
                            config.faults.getFirst()
                                    + (more == 0 ? "" : ", and %d more".formatted(more)),
                            "change %s, or leave --config out; `sepconv --config %s devices` says all"
                                    .formatted(more == 0 ? "that line" : "those lines",
                                            config.name)));
        }
        List<String> backends = sdk == null || isFaulty("SDK") || isFaulty("backends")
                ? List.of()
                : sdk.backendNames();
        drivers(backends);
        devices(sdk, backends);
        files();
        return List.copyOf(checks);
    }

    private boolean isFaulty(String title) {
        return checks.stream().anyMatch(
                check -> check.title().equals(title) && check.state() == Check.State.FAULT);
    }

    private void java() {
        progress.accept("Java");
        Runtime.Version version = Runtime.version();
        String found = "%s at %s".formatted(version, System.getProperty("java.home"));
        checks.add(version.feature() == JDK
                ? JAVA.ok("JDK", "%s", found)
                : JAVA.warning("JDK", found,
                        "use a JDK %d, for which sepconv and TornadoVM are built".formatted(JDK)));
        try (Engine simd = Engines.open("simd")) {
            int lanes = SimdEngine.lanes();
            String width = "%d bits: %d floats at a time".formatted(lanes * Float.SIZE, lanes);
            checks.add(lanes >= 4
                    ? JAVA.ok("Vector API", "%s", width)
                    : JAVA.warning("Vector API", width,
                            "see that Java may compile to the CPU's vector units: no -Xint, no -XX:UseAVX=0, no -XX:TieredStopAtLevel=1"));
            checks.add(verified("simd", simd.devices().getFirst()));
        } catch (EngineException e) {
            checks.add(complaint(JAVA, "Vector API", e.getMessage()));
            checks.add(JAVA.notChecked("engine simd", "it needs the Vector API"));
        }
        try (Engine plain = Engines.open("plain")) {
            checks.add(verified("plain", plain.devices().getFirst()));
        } catch (EngineException e) {
            checks.add(complaint(JAVA, "engine plain", e.getMessage()));
        }
        try (Engine java = Engines.open("java")) {
            checks.add(verified("java", java.devices().getFirst()));
        } catch (EngineException e) {
            checks.add(complaint(JAVA, "engine java", e.getMessage()));
        }
    }

    /** In this process: these engines are Java. */
    private Check verified(String engine, Device device) {
        String title = "engine " + engine;
        progress.accept("a run on " + device);
        try {
            return judged(JAVA, title, Probe.run(engine, device.id()));
        } catch (EngineException e) {
            return complaint(JAVA, title, e.getMessage());
        }
    }

    private static Check judged(Check.Group group, String title, Probe.Verified run) {
        String layer = String.format(Locale.ROOT, "a separable layer is %.1e off the exact answer",
                run.relative());
        return run.agrees()
                ? group.ok(title, "right: %s", layer)
                : group.fault(title,
                        "wrong: %s, allowed are %.0e of its largest value".formatted(layer,
                                Tolerance.LAYER),
                        "don't trust this device's results: update its driver, and report it with what `sepconv doctor --json` prints");
    }

    /** Messages of engines are a clause that says what is wrong, a semicolon, and the fix. */
    private static Check complaint(Check.Group group, String title, String message) {
        int fix = message.indexOf("; ");
        return fix < 0
                ? group.fault(title, message, "see what `sepconv devices` says and prints")
                : group.fault(title, message.substring(0, fix), message.substring(fix + 2));
    }

    private void drivers(List<String> backends) throws IOException, InterruptedException {
        progress.accept("the drivers");
        Answer answer = children.ask(Question.DRIVERS, "");
        if (!answer.good()) {
            String fix = "update the driver that does it, or remove it; OCL_ICD_VENDORS=/etc/OpenCL/vendors/NAME.icd tries one OpenCL driver at a time";
            String finding = "asked for their devices, " + answer.complaint();
            checks.add(backends.isEmpty()
                    ? DRIVERS.warning("drivers", finding, fix)
                    : DRIVERS.fault("drivers", finding, fix));
            return;
        }
        Drivers drivers = read(answer, Drivers.class);
        boolean spirv = backends.contains("spirv");
        openCl(drivers.openCl(), backends.contains("opencl") || spirv,
                Set.of("opencl").containsAll(backends));
        cuda(drivers.cuda(), backends.contains("ptx") || backends.contains("cuda"),
                Set.of("ptx", "cuda").containsAll(backends));
        if (backends.contains("cuda") && drivers.cuda() != null && drivers.cuda().devices() > 0) {
            nvrtc(drivers.cuda(), Set.of("cuda").containsAll(backends));
        }
        levelZero(drivers.levelZero(), spirv);
    }

    /**
     * @param needed whether the SDK has a backend for it
     * @param only whether it has no backend for anything else
     */
    private void openCl(Drivers.OpenCl openCl, boolean needed, boolean only) {
        String title = "OpenCL";
        if (openCl == null) {
            lacking(title, "there is no loader, libOpenCL.so.1",
                    "install one (Debian: ocl-icd-libopencl1), and " + GET_OPENCL, needed, only);
            return;
        }
        String broken = openCl.named().stream().filter(icd -> !icd.loads()).map(
                icd -> "%s names %s, which can't be loaded".formatted(icd.file(), icd.library()))
                .collect(Collectors.joining("; "));
        String variable = environment.getOrDefault("OCL_ICD_VENDORS", "");
        String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (openCl.devices() == 0 && Files.isRegularFile(Path.of(caches))) {
            lacking(title, "XDG_CACHE_HOME is %s, which is no folder; PoCL needs one there"
                    .formatted(caches), "set XDG_CACHE_HOME to a folder, or unset it", needed,
                    only);
        } else if (openCl.status() != 0) {
            lacking(title, "the loader fails with OpenCL's error " + openCl.status(),
                    GET_OPENCL + ", anew", needed, only);
        } else if (openCl.platforms().isEmpty() && !broken.isEmpty()) {
            lacking(title, broken,
                    "install that driver again, or remove the file; else " + GET_OPENCL, needed,
                    only);
        } else if (openCl.platforms().isEmpty() && !variable.isEmpty()) {
            lacking(title,
                    "there is no driver in %s, which the variable OCL_ICD_VENDORS names"
                            .formatted(variable),
                    "unset OCL_ICD_VENDORS, or set it to the folder of the drivers' .icd files, /etc/OpenCL/vendors",
                    needed, only);
        } else if (openCl.platforms().isEmpty()) {
            lacking(title, "there is no driver: %s names none".formatted(openCl.vendors()),
                    GET_OPENCL, needed, only);
        } else if (openCl.devices() == 0) {
            String pocl = environment.getOrDefault("POCL_DEVICES", "");
            lacking(title, describe(openCl) + " shows no device", pocl.isEmpty()
                    ? GET_OPENCL
                            + "; for a GPU see that you may open /dev/dri/renderD128 (group render)"
                    : "unset POCL_DEVICES, which is '%s', or set it to 'pthread'".formatted(pocl),
                    needed, only);
        } else if (!broken.isEmpty()) {
            checks.add(DRIVERS.warning(title, describe(openCl) + "; " + broken,
                    "install that driver again, or remove the file"));
        } else {
            checks.add(DRIVERS.ok(title, "%s%s", describe(openCl),
                    needed ? "" : ", which TornadoVM could use"));
        }
    }

    private static String describe(Drivers.OpenCl openCl) {
        return openCl.platforms().stream().map(Doctor::describe).collect(Collectors.joining("; "));
    }

    /** PoCL's version ends in a list of what it was built with, which goes. */
    private static String describe(Drivers.Platform platform) {
        String version = platform.version().split(",")[0].replaceAll("\\s+", " ");
        return platform.devices().isEmpty()
                ? version
                : "%s: %s".formatted(version, String.join(", ", platform.devices()));
    }

    private void cuda(Drivers.Cuda cuda, boolean needed, boolean only) {
        String title = "CUDA";
        if (cuda == null) {
            lacking(title, "there is no NVIDIA driver, libcuda.so.1", GET_CUDA, needed, only);
        } else if (cuda.status() != 0 || cuda.devices() == 0) {
            lacking(title,
                    cuda.status() == 0
                            ? "the driver shows no device"
                            : "the driver fails with CUDA's error " + cuda.status(),
                    GET_CUDA, needed, only);
        } else {
            checks.add(DRIVERS.ok(title, "%s: %d %s", cuda.version(), cuda.devices(),
                    cuda.devices() == 1 ? "device" : "devices"));
        }
    }

    /** What TornadoVM's CUDA backend compiles with; its PTX backend has no need of it. */
    private void nvrtc(Drivers.Cuda cuda, boolean only) {
        String title = "NVRTC";
        String fix = "install NVIDIA's CUDA toolkit %s, or an older one, and put its folder lib64 into LD_LIBRARY_PATH"
                .formatted(cuda.version());
        if (cuda.compiler() == null) {
            checks.add(DRIVERS.fault(title,
                    "there is no run-time compiler, libnvrtc.so, without which TornadoVM doesn't start with its CUDA backend",
                    fix + "; or use an SDK without that backend"));
        } else if (cuda.compilerIsNewer()) {
            lacking(title,
                    "the run-time compiler is of CUDA %s, and the driver can do %s, so it can't load what that makes"
                            .formatted(cuda.compiler(), cuda.version()),
                    fix + "; or update the driver", true, only);
        } else {
            checks.add(DRIVERS.ok(title, "%s", cuda.compiler()));
        }
    }

    private void levelZero(Drivers.LevelZero levelZero, boolean needed) {
        String title = "Level Zero";
        if (levelZero == null) {
            lacking(title, "there is no loader, libze_loader.so.1", GET_LEVEL_ZERO, needed, false);
        } else if (levelZero.status() != 0 || levelZero.drivers() == 0) {
            lacking(title, "no driver starts", GET_LEVEL_ZERO, needed, false);
        } else {
            checks.add(DRIVERS.ok(title, "%d %s", levelZero.drivers(),
                    levelZero.drivers() == 1 ? "driver" : "drivers"));
        }
    }

    /**
     * What is lacking is said only where it is needed; it is broken only where nothing else can
     * take its place.
     */
    private void lacking(String title, String finding, String fix, boolean needed, boolean only) {
        if (needed) {
            checks.add(only
                    ? DRIVERS.fault(title, finding, fix)
                    : DRIVERS.warning(title, finding, fix));
        }
    }

    private void devices(Sdk sdk, List<String> backends) throws IOException, InterruptedException {
        String title = "devices";
        Optional<Check> broken = checks.stream().filter(
                check -> check.state() == Check.State.FAULT && !check.group().equals(JAVA.name()))
                .findFirst();
        if (sdk == null) {
            checks.add(DEVICES.notChecked(title, "there is no SDK"));
            return;
        }
        if (broken.isPresent()) {
            checks.add(DEVICES.notChecked(title, "fix %s first".formatted(broken.get().title())));
            return;
        }
        progress.accept("TornadoVM's devices");
        Answer answer = children.ask(Question.DEVICES, "");
        if (!answer.good()) {
            checks.add(answer.crashedOrHung()
                    ? DEVICES.fault(title,
                            "asked for its devices, TornadoVM gave none: " + answer.complaint(),
                            "update the devices' drivers; see whether `clinfo` and TornadoVM's own `tornado --devices` work")
                    : complaint(DEVICES, title, answer.complaint()));
            return;
        }
        Probe.Devices probed = read(answer, Probe.Devices.class);
        checks.add(counted(probed.devices(), backends));
        for (Probe.Found found : probed.devices()) {
            device(found);
        }
        if (probed.devices().stream()
                .anyMatch(found -> found.driver().contains("Portable Computing Language"))) {
            checks.add(pocl(probed));
        }
    }

    private static Check counted(List<Probe.Found> devices, List<String> backends) {
        Map<String, Long> counts = new TreeMap<>();
        backends.forEach(backend -> counts.put(backend, 0L));
        devices.forEach(found -> counts.merge(found.device().backend(), 1L, Long::sum));
        String finding = counts.entrySet().stream()
                .map(entry -> "%s %d".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        List<String> without = counts.keySet().stream().filter(backend -> counts.get(backend) == 0)
                .toList();
        return without.isEmpty()
                ? DEVICES.ok("devices", "%s", finding)
                : DEVICES.warning("devices", finding,
                        "to use %s too, install the driver of a device for it"
                                .formatted(String.join(" and ", without)));
    }

    private void device(Probe.Found found) throws IOException, InterruptedException {
        Device device = found.device();
        checks.add(DEVICES.ok(device.id(), "%s (%s), %s", device.name(), device.kind(),
                found.driver()));
        String memory = "may use %.1f of %.1f GiB".formatted(device.memoryBytes() / GIB,
                found.installedBytes() / GIB);
        // a CPU's memory is the programs' too, and its limit is seldom what layers meet
        checks.add(device.kind().equals("cpu") || device.memoryBytes() * 2 >= found.installedBytes()
                ? DEVICES.ok(device.id() + " memory", "%s", memory)
                : DEVICES.advice(device.id() + " memory", memory,
                        "for larger layers raise tornado.device.memory in a copy of tornado-config/%s.args, and name that with --config"
                                .formatted(device.backend())));
        progress.accept("a run on " + device);
        String title = device.id() + " run";
        Answer answer = children.ask(Question.RUN, device.id());
        if (answer.good()) {
            checks.add(judged(DEVICES, title, read(answer, Probe.Verified.class)));
        } else if (answer.crashedOrHung()) {
            checks.add(
                    DEVICES.fault(title, "a separable layer gave no result: " + answer.complaint(),
                            "update the device's driver, or leave the device out with --device"));
        } else {
            checks.add(complaint(DEVICES, title, answer.complaint()));
        }
    }

    private Check pocl(Probe.Devices probed) throws IOException {
        String title = "PoCL";
        PoclCache cache = PoclCache.of(environment);
        Optional<Path> damaged = cache.damaged();
        if (damaged.isPresent()) {
            return DEVICES.fault(title,
                    "a kernel that it keeps is damaged, and ends the process that wants it: "
                            + damaged.get(),
                    "delete %s; PoCL makes it anew".formatted(cache.folder()));
        }
        if (probed.signalsAreExposed()) {
            return DEVICES.warning(title,
                    "libjsig is not preloaded: PoCL's compiler may put Java's signal handlers out of place",
                    "start through scripts/sepconv, or set LD_PRELOAD=$JAVA_HOME/lib/libjsig.so");
        }
        return probed.affinity().equals("1")
                ? DEVICES.ok(title, "POCL_AFFINITY is 1, and Java's signal handlers are safe")
                : DEVICES.warning(title,
                        "POCL_AFFINITY is %s: its threads share cores at times, which makes it slower"
                                .formatted(probed.affinity().isEmpty()
                                        ? "not set"
                                        : probed.affinity()),
                        "set POCL_AFFINITY=1");
    }

    private void files() {
        Optional<TuningFile> tuning = TuningFile.find();
        if (tuning.isEmpty()) {
            checks.add(TuningFile.folder().isEmpty()
                    ? FILES.warning("tuning file",
                            "this user has no home folder, so nothing that `sepconv tune` measures is remembered",
                            "set HOME, or XDG_CACHE_HOME, to a folder that can be written; or SEPCONV_TUNING to a file")
                    : FILES.ok("tuning file", "turned off by SEPCONV_TUNING"));
            return;
        }
        Path path = tuning.get().path();
        Optional<String> fault = tuning.get().fault();
        checks.add(fault.isPresent()
                ? FILES.warning("tuning file", "%s %s, and is ignored".formatted(path, fault.get()),
                        "delete it; `sepconv tune` makes it anew")
                : Files.exists(path)
                        ? FILES.ok("tuning file", "%s", path)
                        : FILES.ok("tuning file", "%s: none yet, `sepconv tune` makes it", path));
        Path folder = path.getParent();
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (folder != null && !Files.isDirectory(folder)) {
            boolean xdg = folder.equals(Path.of(environment.getOrDefault("XDG_CACHE_HOME", "")));
            checks.add(FILES.warning("cache folder",
                    "%s is no folder and can't be written, so nothing that `sepconv tune` measures is remembered"
                            .formatted(folder),
                    xdg
                            ? "set XDG_CACHE_HOME to a folder, or unset it"
                            : "move that file away, or name another place: SEPCONV_TUNING=FILE"));
            return;
        }
        checks.add(folder != null && Files.isWritable(folder)
                ? FILES.ok("cache folder", "%s can be written", path.getParent())
                : FILES.warning("cache folder",
                        "%s can't be written, so nothing that `sepconv tune` measures is remembered"
                                .formatted(path.getParent()),
                        "make %s writable, or name another place: SEPCONV_TUNING=FILE"
                                .formatted(folder)));
    }

    private static <T> T read(Answer answer, Class<T> type) throws IOException {
        try {
            return MAPPER.readValue(answer.out(), type);
        } catch (JsonProcessingException e) {
            throw new IOException("a process of sepconv's own answered what is no %s: %s"
                    .formatted(type.getSimpleName(), answer.out().strip()), e);
        }
    }
}
