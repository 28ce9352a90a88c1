package dev.sepconv.fuzz;

import java.io.IOException;

/**
 * Where Jazzer comes in: it calls {@link #fuzzerTestOneInput} with one input after the other, and
 * makes the next ones of those that reached new code. {@code scripts/fuzz} starts it.
 */
public final class Fuzz {

    /** The attack's name. */
    static final String TARGET = "sepconv.fuzz";

    private static final Attack ATTACK = FuzzTarget.of(System.getProperty(TARGET)).attack();

    private Fuzz() {
    }

    /** Whatever leaves it is a finding; Jazzer keeps the input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        ATTACK.run(input);
    }
}
