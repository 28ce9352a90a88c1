package dev.sepconv.cli;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Stdout for results alone: what a command writes is held, and at the end it goes there; all else
 * that is printed meanwhile goes to stderr. TornadoVM's native libraries print too, which Java
 * can't catch; so where they are the process's own stdout leads to stderr while a command runs.
 */
final class StandardOutput extends ByteArrayOutputStream {

    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    /** The real stdout's number. */
    private final int real;

    private StandardOutput(int real) {
        this.real = real;
    }

    /** From now on what others in Java print on stdout goes to stderr. */
    static StandardOutput hold() {
        System.setOut(System.err);
        return new StandardOutput(STDOUT);
    }

    /** The same for native libraries. */
    static StandardOutput take() {
        int real = call("dup", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                STDOUT);
        StandardOutput output = new StandardOutput(real);
        lead(STDERR);
        return output;
    }

    /** The number under which the real stdout is open. */
    int file() {
        return real;
    }

    /**
     * Gives what was held to the real stdout.
     *
     * @throws IOException if it can't be written; not if who read it had enough, as {@code head}
     * has
     */
    void release() throws IOException {
        if (real != STDOUT) {
            lead(real);
        }
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            writeTo(out);
        } catch (IOException e) {
            if (!"Broken pipe".equals(e.getMessage())) {
                throw e;
            }
        }
    }

    /** Makes stdout the same as another open file. */
    private static void lead(int file) {
        call("dup2", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT), file, STDOUT);
    }

    private static int call(String name, FunctionDescriptor types, Object... arguments) {
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle function = linker.downcallHandle(linker.defaultLookup().findOrThrow(name),
                    types);
            int result = (int) function.invokeWithArguments(arguments);
            if (result < 0) {
                throw new IllegalStateException("%s gave %d".formatted(name, result));
            }
            return result;
        } catch (Throwable e) {
            throw new IllegalStateException("stdout can't be used", e);
        }
    }
}
