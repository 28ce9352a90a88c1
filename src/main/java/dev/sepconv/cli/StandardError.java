package dev.sepconv.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Gives Java its real stderr. At every start Java writes that the Vector API is an incubator
 * module, and has no switch for it; so {@code scripts/sepconv} starts it with a filter for stderr,
 * leaves the real one open under another number, and names that in a system property. From here on
 * nothing goes through the filter: what is written is out when it is written, and a terminal is a
 * terminal.
 */
final class StandardError {

    static final String PROPERTY = "sepconv.stderr";
    private static final int STDERR = 2;

    private StandardError() {
    }

    /** Does nothing where another launcher started this Java. */
    static void restore() {
        Integer real = Integer.getInteger(PROPERTY);
        if (real == null) {
            return;
        }
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle dup2 = linker.downcallHandle(linker.defaultLookup().findOrThrow("dup2"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT));
            int result = (int) dup2.invokeExact(real.intValue(), STDERR);
            if (result != STDERR) {
                throw new IllegalStateException(
                        "dup2(%d, %d) gave %d".formatted(real, STDERR, result));
            }
        } catch (Throwable e) {
            throw new IllegalStateException(
                    "stderr, open as %s=%d, can't be used".formatted(PROPERTY, real), e);
        }
    }
}
