package dev.sepconv.cli;

import dev.sepconv.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * What is said when a command fails.
 *
 * @param exitCode {@link #FAILED} or {@link #USAGE}
 * @param sentence one sentence for people
 */
record Failure(int exitCode, String sentence) {

    static final int NONE = 0;
    /** It could be, but failed: a file, a device, memory. */
    static final int FAILED = 1;
    /** What was asked for can't be. */
    static final int USAGE = 2;

    static Failure of(Throwable thrown) {
        return switch (thrown) {
            case IllegalArgumentException e -> e.getMessage() == null ? bug(e) : new Failure(USAGE, oneLine(e.getMessage()));
            case EngineException e -> new Failure(FAILED, oneLine(e.getMessage()));
            case UncheckedIOException e -> of(e.getCause());
            case IOException e -> new Failure(FAILED, oneLine(sentence(e)));
            case OutOfMemoryError e -> new Failure(FAILED,
                    "memory ran out at %d MiB of Java heap; use smaller shapes, or a larger heap: JDK_JAVA_OPTIONS=-Xmx8g"
                            .formatted(Runtime.getRuntime().maxMemory() >> 20));
            default -> bug(thrown);
        };
    }

    private static Failure bug(Throwable thrown) {
        return new Failure(FAILED, oneLine("this is a bug of sepconv, please report it with what --trace prints: " + thrown));
    }

    /** Java's own messages for files are often no more than the path. */
    private static String sentence(IOException e) {
        if (e instanceof FileSystemException file && file.getFile() != null) {
            String reason = switch (file) {
                case NoSuchFileException missing -> "there is no such file or folder";
                case AccessDeniedException denied -> "permission denied";
                case NotDirectoryException notFolder -> "it is not a folder";
                case FileAlreadyExistsException exists -> "it exists already";
                default -> file.getReason() == null ? "the file system refused it" : file.getReason();
            };
            return file.getFile() + ": " + reason;
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** picocli starts its messages with a capital; ours follow a colon. */
    static String lowerFirst(String message) {
        String line = oneLine(message);
        return line.isEmpty() ? line : Character.toLowerCase(line.charAt(0)) + line.substring(1);
    }
}
