package dev.sepconv.fuzz;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Where Jazzer comes in: it calls {@link #fuzzerTestOneInput} with one input after the other, and
 * makes the next ones of those that reached new code. {@code scripts/fuzz} starts it.
 */
public final class Fuzz {

    /** The attack's name. */
    static final String TARGET = "sepconv.fuzz";
    /** An input as long as that is told whole, as where it was found its file may be gone. */
    private static final int SHORT = 200;

    private static final Attack ATTACK = FuzzTarget.of(System.getProperty(TARGET)).attack();

    private Fuzz() {
    }

    /** Whatever leaves it is a finding; Jazzer keeps the input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        try {
            ATTACK.run(input);
        } catch (Attack.SlowError e) {
            // what Jazzer counts makes our code several times as long, and slower still where Java
            // then no longer inlines it
            if (isSlowByItself(input)) {
                String bytes = HexFormat.of().formatHex(input, 0, Math.min(SHORT, input.length));
                throw new AssertionError("%s, by itself too: %s".formatted(e.getMessage(), bytes));
            }
        }
    }

    private static boolean isSlowByItself(byte[] input) throws IOException {
        Path file = Files.write(Files.createTempFile("sepconv-fuzz", null), input);
        try {
            List<String> command = new ArrayList<>(
                    List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                    .filter(argument -> !argument.startsWith("-javaagent")).forEach(command::add);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"),
                    Fuzz.class.getName(), file.toString()));
            Process process = new ProcessBuilder(command).inheritIO().start();
            return process.waitFor() != 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /**
     * The attack without a fuzzer.
     *
     * @param args the input's file
     */
    public static void main(String[] args) throws IOException {
        ATTACK.run(Files.readAllBytes(Path.of(args[0])));
        System.exit(0); // what is attacked may have threads
    }
}
