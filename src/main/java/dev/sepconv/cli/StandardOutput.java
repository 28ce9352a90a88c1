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
 * Stdout for results alone. TornadoVM's native libraries print there too, which Java can't catch;
 * so while a command runs the process's stdout leads to stderr, what the command writes is held,
 * and at the end it goes to the real stdout.
 */
final class StandardOutput extends ByteArrayOutputStream {

    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    /** The real stdout's number. */
    private final int real;

    private StandardOutput(int real) {
        this.real = real;
    }

    /** From now on native libraries that print on stdout print on stderr. */
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
        lead(real);
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
