package dev.sepconv.cli;

import dev.sepconv.EngineException;
import dev.sepconv.io.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

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
            case InvalidPathException e -> new Failure(USAGE, unencodable(e.getInput()));
            case IllegalArgumentException e -> e.getMessage() == null
                    ? bug(e)
                    : new Failure(USAGE, Printable.sentence(e.getMessage()));
            case EngineException e -> new Failure(FAILED, Printable.sentence(e.getMessage()));
            case UncheckedIOException e -> of(e.getCause());
            case IOException e -> new Failure(FAILED, Printable.sentence(sentence(e)));
            case OutOfMemoryError e -> new Failure(FAILED,
                    "memory ran out at %d MiB of Java heap; use smaller shapes, or a larger heap: JDK_JAVA_OPTIONS=-Xmx8g"
                            .formatted(Runtime.getRuntime().maxMemory() >> 20));
            case StackOverflowError e -> new Failure(FAILED,
                    "Java's stack ran out, so something is nested too deeply for it; "
                            + "a larger stack may help: JDK_JAVA_OPTIONS=-Xss64m");
            default -> bug(thrown);
        };
    }

    private static Failure bug(Throwable thrown) {
        return new Failure(FAILED, Printable.sentence(
                "this is a bug of sepconv, please report it with what --trace prints: " + thrown));
    }

    /** Java's own messages for files are often no more than the path. */
    private static String sentence(IOException e) {
        if (e instanceof FileSystemException file && file.getFile() != null) {
            String reason = switch (file) {
                case NoSuchFileException missing -> "there is no such file or folder";
                case AccessDeniedException denied -> "permission denied";
                case NotDirectoryException notFolder -> "it is not a folder";
                case FileAlreadyExistsException exists -> "it exists already";
                default ->
                    file.getReason() == null ? "the file system refused it" : file.getReason();
            };
            return file.getFile() + ": " + reason + folder();
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** What is said of a name that this Java can't give to the system, or didn't get from it. */
    static String unencodable(String name) {
        String encoding = System.getProperty("sun.jnu.encoding");
        return encoding.equals("UTF-8")
                ? "'%s' is not UTF-8, as names must be for Java to open them; rename the file"
                        .formatted(name)
                : "'%s' can't be opened: this Java names files in %s, as the locale says; set LC_ALL=C.UTF-8"
                        .formatted(name, encoding);
    }

    /**
     * What must be said where a file isn't found because Java doesn't know the name of the folder
     * that it was started in.
     */
    private static String folder() {
        String folder = System.getProperty("user.dir");
        return isUnknown(folder) ? ", or it is not found as " + unencodable(folder) : "";
    }

    /**
     * Whether Java could not read a name: it puts this letter for every byte that it can't make
     * sense of.
     */
    static boolean isUnknown(String name) {
        return name.indexOf('\ufffd') >= 0;
    }

    /** The first of that kind among what an exception comes from. */
    static <T extends Throwable> Optional<T> cause(Throwable thrown, Class<T> kind) {
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
                .filter(kind::isInstance).map(kind::cast).findFirst();
    }

    /** picocli starts its messages with a capital; ours follow a colon. */
    static String lowerFirst(String message) {
        String line = Printable.sentence(message);
        return line.isEmpty() ? line : Character.toLowerCase(line.charAt(0)) + line.substring(1);
    }
}
