package dev.sepconv.cli;

import dev.sepconv.io.InputFile;
import dev.sepconv.io.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of options for Java, in the form that {@code java @FILE} takes: options with blanks
 * between them, in quotes where they hold blanks, and comments from {@code #} to the end of the
 * line. {@code --config} has it checked before Java is started with it, as Java itself takes any
 * {@code -D} and TornadoVM ignores what it doesn't know. Uses nothing but the JDK.
 *
 * @param name as it is called in messages
 */
record ConfigFile(String name, List<Option> options) {

    /** Set by the launcher for the command {@code doctor}: the file to look at. */
    static final String PROPERTY = "sepconv.config";

    /**
     * Options that Java has, without their values. Those that start with {@code -X} it knows best
     * itself.
     */
    private static final List<String> WORDS = List.of("-ea", "-enableassertions", "-da",
            "-disableassertions", "-esa", "-enablesystemassertions", "-dsa",
            "-disablesystemassertions", "-agentlib", "-agentpath", "-javaagent", "-verbose",
            "-server", "--enable-preview", "--illegal-native-access",
            "--sun-misc-unsafe-memory-access");
    /** The same, with a value after {@code =} or a blank. */
    private static final List<String> WITH_VALUE = List.of("--add-modules", "--add-exports",
            "--add-opens", "--add-reads", "--enable-native-access", "--limit-modules",
            "--patch-module");
    private static final List<String> THE_LAUNCHERS = List.of("-cp", "-classpath", "--class-path",
            "-p", "--module-path", "--upgrade-module-path", "-m", "--module", "-jar");
    /** Properties of the JDK's own, for which there is no list. */
    private static final List<String> JDKS = List.of("java.", "javax.", "jdk.", "sun.", "file.",
            "user.", "stdin.", "stdout.", "stderr.", "native.", "http.", "https.");

    /** @param line its number, from 1 */
    record Option(int line, String text) {
    }

    /** A file that is no argument file at all. */
    static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1;

        UnreadableException(String message) {
            super(message);
        }
    }

    /**
     * Checks the file that is named, then asks the Java that runs this about options that start
     * with {@code -X}. Says each fault on a line of stderr.
     *
     * @param args the file, and {@code sdk} if Java is to have TornadoVM
     */
    public static void main(String[] args) throws InterruptedException {
        try {
            ConfigFile file = read(Path.of(args[0]));
            List<String> faults = file.faults();
            faults.forEach(fault -> System.err.println("sepconv: " + Printable.sentence(fault)));
            if (!faults.isEmpty()) {
                System.exit(Failure.USAGE);
            }
            Option first = file.firstOfTornadoVM();
            if (first != null && args.length < 2) {
                System.err.println(
                        "sepconv: %s line %d is for TornadoVM, and there is no TornadoVM SDK: install it and set TORNADOVM_HOME to it, or leave --config out"
                                .formatted(file.name, first.line));
                System.exit(Failure.FAILED);
            }
        } catch (IOException e) {
            System.err.println("sepconv: " + Failure.of(e).sentence());
            System.exit(e instanceof UnreadableException ? Failure.USAGE : Failure.FAILED);
        }
    }

    /**
     * @throws UnreadableException if a quote is open at the end of a line, or a comment starts
     * within an option
     * @throws IOException if the file can't be read
     */
    static ConfigFile read(Path path) throws IOException {
        List<Option> options = new ArrayList<>();
        InputFile.check(path);
        List<String> lines = Files.readString(path, StandardCharsets.UTF_8).lines().toList();
        StringBuilder option = new StringBuilder();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1);
            boolean inOption = false;
            char quote = 0;
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                if (quote != 0 && c == '\\' && i + 1 < line.length()) {
                    option.append(unescaped(line.charAt(++i)));
                } else if (quote != 0 && c != quote) {
                    option.append(c);
                } else if (c == '"' || c == '\'') {
                    quote = quote == 0 ? c : 0;
                    inOption = true;
                } else if (c == '#' && inOption) {
                    throw new UnreadableException(
                            "%s line %d: Java loses '%s' because of the # right after it; put a blank between, or the option in quotes"
                                    .formatted(path, number, option));
                } else if (c == '#') {
                    break;
                } else if (!Character.isWhitespace(c)) {
                    option.append(c);
                    inOption = true;
                } else if (inOption) {
                    options.add(new Option(number, option.toString()));
                    option.setLength(0);
                    inOption = false;
                }
            }
            if (quote != 0) {
                throw new UnreadableException(
                        "%s line %d: the quote %c is opened and not closed on this line"
                                .formatted(path, number, quote));
            }
            if (inOption) {
                options.add(new Option(number, option.toString()));
                option.setLength(0);
            }
        }
        return new ConfigFile(path.toString(), List.copyOf(options));
    }

    private static char unescaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'f' -> '\f';
            default -> c;
        };
    }

    /**
     * What is wrong with it: a sentence each, with the file's name and the line; none if Java can
     * be started with it.
     */
    List<String> faults() throws IOException, InterruptedException {
        List<String> faults = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (int i = 0; i < options.size(); i++) {
            Option option = options.get(i);
            String fault;
            if (WITH_VALUE.contains(option.text)) {
                i++;
                fault = i == options.size() || options.get(i).text.startsWith("-")
                        ? option.text + " lacks its value"
                        : null;
            } else if (option.text.startsWith("-D")) {
                fault = property(option, lines);
            } else {
                fault = option.text.startsWith("-X") ? refused(option.text) : word(option.text);
            }
            if (fault != null) {
                faults.add("%s line %d: %s".formatted(name, option.line, fault));
            }
        }
        return faults;
    }

    private static String property(Option option, Map<String, Integer> lines) {
        int equals = option.text.indexOf('=');
        String key = option.text.substring(2, equals < 0 ? option.text.length() : equals);
        Setting setting = Setting.of(key);
        if (setting == null && JDKS.stream().anyMatch(key::startsWith)) {
            return null;
        }
        if (setting == null) {
            String near = Setting.nearest(key, Setting.names());
            return "there is no setting '%s'".formatted(key) + (near == null
                    ? key.startsWith("tornado.") ? " in TornadoVM " + Setting.TORNADOVM : ""
                    : "; did you mean '%s'?".formatted(near));
        }
        Integer earlier = lines.putIfAbsent(key, option.line);
        if (earlier != null) {
            return "%s is set again; line %d sets it already".formatted(key, earlier);
        }
        String fault = setting.fault(equals < 0 ? "" : option.text.substring(equals + 1));
        return fault == null ? null : key + " " + fault;
    }

    private static String word(String text) {
        String word = text.split("[=:]", 2)[0];
        if (WORDS.contains(word) || WITH_VALUE.contains(word)) {
            return null;
        }
        if (THE_LAUNCHERS.contains(word)) {
            return word + " can't be set here; the launcher sets it";
        }
        List<String> known = new ArrayList<>(WORDS);
        known.addAll(WITH_VALUE);
        String near = text.startsWith("-") ? Setting.nearest(word, known) : null;
        return near == null
                ? "'%s' is no option of Java's; one that holds blanks must be in quotes, from its first letter to its last"
                        .formatted(text)
                : "there is no option '%s'; did you mean '%s'?".formatted(word, near);
    }

    /** What Java says of an option when it is started with nothing else; null if it takes it. */
    private static String refused(String option) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UnlockExperimentalVMOptions", "-XX:+UnlockDiagnosticVMOptions", option,
                "-version");
        builder.environment().keySet()
                .removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
        Process java = builder.redirectErrorStream(true).start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return java.waitFor() == 0
                ? null
                : "Java refuses %s: %s".formatted(option,
                        said.lines().filter(line -> !line.startsWith("Error: Could not create"))
                                .findFirst().orElse("it does not start"));
    }

    /** The first line that only TornadoVM or a device of its heeds; null if there is none. */
    Option firstOfTornadoVM() {
        return options.stream().filter(option -> option.text.startsWith("-Dtornado.")
                || option.text.startsWith("-Dsepconv.device=")).findFirst().orElse(null);
    }
}
