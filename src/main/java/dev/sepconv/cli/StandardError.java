package dev.sepconv.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Gives Java its real stderr. At every start Java writes that the Vector API is an incubator
 * module, and has no switch for it; so {@code scripts/sepconv} starts it with a filter for stderr,
 * leaves the real one open under another number, and names that in a system property. Before
 * anything is written the real one is put back, so that what is written is out when it is written,
 * and a terminal is a terminal. Not before it: to call the system's function takes a good part of a
 * short command's time.
 */
final class StandardError {

    static final String PROPERTY = "sepconv.stderr";
    private static final int STDERR = 2;

    private static boolean restored;

    private StandardError() {
    }

    /**
     * Stderr, which is the real one from the first byte on; {@link System#err} writes there too.
     */
    static OutputStream stream() {
        OutputStream stderr = new FileOutputStream(FileDescriptor.err);
        OutputStream stream = new OutputStream() {
            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                restore();
                stderr.write(bytes, from, count);
            }

            @Override
            public void write(int b) throws IOException {
                write(new byte[]{(byte) b}, 0, 1);
            }
        };
        System.setErr(new PrintStream(stream, true, System.err.charset()));
        return stream;
    }

    /**
     * For who asks whether stderr is a terminal, and before foreign code prints there. Does nothing
     * the second time, and where another launcher started this Java.
     */
    static synchronized void restore() {
        Integer real = Integer.getInteger(PROPERTY);
        if (real == null || restored) {
            return;
        }
        restored = true;
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
