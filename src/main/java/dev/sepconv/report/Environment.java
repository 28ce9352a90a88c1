package dev.sepconv.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a figure was measured with.
 *
 * @param sepconv our version
 * @param java its version and who built it
 * @param os its name, version and architecture
 * @param cpu what it calls itself, or the architecture where it doesn't say
 * @param processors how many this Java may use
 */
public record Environment(String sepconv, String java, String os, String cpu, int processors) {

    public static Environment here(String sepconvVersion) {
        return new Environment(sepconvVersion,
                Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
                "%s %s %s".formatted(System.getProperty("os.name"),
                        System.getProperty("os.version"), System.getProperty("os.arch")),
                processor(), Runtime.getRuntime().availableProcessors());
    }

    /** Linux says it in a file; elsewhere the architecture has to do. */
    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
