package dev.sepconv.cli;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * What {@code scripts/sepconv} has Java do while Java notes which classes go into the cache for
 * commands that compute nothing: several of them in one process.
 */
final class Training {

    private static final String[][] COMMANDS = {{"--version"}, {"--help"}, {"run", "--help"},
            {"params", "--in", "32", "--out", "64", "--kernel", "3"},
            {"params", "--in", "32", "--out", "64", "--kernel", "3", "--json"}};

    private Training() {
    }

    public static void main(String[] args) throws IOException {
        PrintWriter err = new PrintWriter(StandardError.stream(), true, StandardCharsets.UTF_8);
        for (String[] command : COMMANDS) {
            StandardOutput stdout = StandardOutput.hold();
            int code = Main.run(new PrintWriter(new OutputStreamWriter(stdout)), err, command);
            if (code != Failure.NONE) {
                throw new IllegalStateException(
                        "%s ended with %d".formatted(String.join(" ", command), code));
            }
        }
    }
}
