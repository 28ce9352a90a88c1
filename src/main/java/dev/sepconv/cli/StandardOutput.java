package dev.sepconv.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Java's stdout, which remembers why it could not be written: a {@link java.io.PrintWriter} on it only knows that. */
final class StandardOutput extends OutputStream {

    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    private IOException failure;

    @Override
    public void write(int b) throws IOException {
        write(new byte[]{(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        try {
            out.write(bytes, from, count);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    /** Why it could not be written; null if it could, or if who read it had enough, as {@code head} has. */
    IOException failure() {
        return failure == null || "Broken pipe".equals(failure.getMessage()) ? null : failure;
    }
}
