package dev.sepconv.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.HeldFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder that a report goes into. Files are first written to a hidden folder inside it and moved
 * when all of them are there, so none is ever half written. A report that is there already is
 * replaced file by file; files of others are never touched.
 */
public final class OutputFolder implements AutoCloseable {

    static final String RESULTS = "results.json";
    static final String PAGE = "report.html";
    static final String INPUT = "input.png";
    /** Not always there. */
    static final String CHAIN = "chain.svg";
    static final String MAPS = "maps";

    private final Path folder;
    private static final String STAGING = ".sepconv-";
    /** In the staging folder, so that another process sees whether somebody still works there. */
    private static final String HELD = "held";

    private final Path staging;
    private final HeldFile held;
    private final Path firstCreated;
    private final List<String> earlier;
    private final Thread onExit = new Thread(this::clear);

    private OutputFolder(Path folder, Path staging, Path firstCreated, List<String> earlier)
            throws IOException {
        this.folder = folder;
        this.staging = staging;
        this.held = HeldFile.create(staging.resolve(HELD));
        this.firstCreated = firstCreated;
        this.earlier = earlier;
    }

    /**
     * Sees to it that a report can be written there, and makes the folder if need be; when
     * {@link #publish} is not reached, {@link #close} takes it away again.
     *
     * @throws IOException if something else is in the way, files there are not ours, or nothing can
     * be written; the message is one sentence
     */
    public static OutputFolder prepare(Path folder) throws IOException {
        Path whole = folder.toAbsolutePath().normalize();
        if (Files.exists(whole) && !Files.isDirectory(whole)) {
            throw new IOException("output %s is a file; name a folder".formatted(folder));
        }
        List<String> earlier = earlierFiles(folder, whole);
        Path firstCreated = null;
        for (Path path = whole; path != null && Files.notExists(path); path = path.getParent()) {
            firstCreated = path;
        }
        try {
            Files.createDirectories(whole);
            removeAbandoned(whole);
            Path staging = Files.createTempDirectory(whole, STAGING);
            OutputFolder made = new OutputFolder(whole, staging, firstCreated, earlier);
            Runtime.getRuntime().addShutdownHook(made.onExit);
            return made;
        } catch (IOException e) {
            removeEmpty(whole, firstCreated);
            throw new IOException(
                    "output folder %s can't be written: is it on a read-only disk, another user's, or below a file?"
                            .formatted(folder),
                    e);
        }
    }

    /** The names of an earlier report's files; none if there is no report. */
    private static List<String> earlierFiles(Path given, Path folder) throws IOException {
        Path results = folder.resolve(RESULTS);
        List<String> names = new ArrayList<>();
        if (Files.isRegularFile(results) && isOurs(results, names)) {
            for (String name : List.of(RESULTS, PAGE, INPUT, CHAIN)) {
                if (Files.isDirectory(folder.resolve(name))) {
                    throw new IOException("output folder %s has a folder named %s where a file goes"
                            .formatted(given, name));
                }
            }
            if (Files.exists(folder.resolve(MAPS)) && !Files.isDirectory(folder.resolve(MAPS))) {
                throw new IOException("output folder %s has a file named %s where a folder goes"
                        .formatted(given, MAPS));
            }
            return names;
        }
        for (String name : List.of(RESULTS, PAGE, INPUT, CHAIN, MAPS)) {
            if (Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(
                        "output folder %s has a %s that is not sepconv's and would be replaced; name another folder"
                                .formatted(given, name));
            }
        }
        return List.of();
    }

    private static boolean isOurs(Path results, List<String> names) {
        try {
            JsonNode document = new ObjectMapper().readTree(results.toFile());
            document.path("files").forEach(name -> names.add(name.asText()));
            return document.path("generator").asText().equals(Results.GENERATOR);
        } catch (IOException e) {
            // not JSON, so not ours
            return false;
        }
    }

    /** Removes what processes that were killed were about to publish. */
    private static void removeAbandoned(Path folder) {
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder, STAGING + "*")) {
            for (Path left : inside) {
                if (Files.isDirectory(left, LinkOption.NOFOLLOW_LINKS)
                        && (HeldFile.isAbandoned(left.resolve(HELD)) || isUnmarked(left))) {
                    remove(left);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // it is no reason not to write a report
            return;
        }
    }

    /**
     * Whether a process was killed just before it marked the folder, or between the mark's end and
     * the folder's: ours by its name, and empty.
     */
    private static boolean isUnmarked(Path left) throws IOException {
        if (!left.getFileName().toString().matches(Pattern.quote(STAGING) + "\\d+")
                || HeldFile.isFresh(left)) {
            return false;
        }
        try (Stream<Path> inside = Files.list(left)) {
            return inside.findAny().isEmpty();
        }
    }

    private static void remove(Path tree) throws IOException {
        try (Stream<Path> inside = Files.walk(tree)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /**
     * Writes a file that {@link #publish} moves to its place.
     *
     * @throws IOException if the disk refuses; the message names the file as it will be called
     */
    void write(String name, byte[] bytes) throws IOException {
        try {
            Files.write(staged(name), bytes);
        } catch (IOException e) {
            throw AtomicFile.named(folder.resolve(name), e);
        }
    }

    /** Where a file is written for now. */
    Path staged(String name) throws IOException {
        Path file = staging.resolve(name);
        Files.createDirectories(file.getParent());
        return file;
    }

    /**
     * Moves the files to where they belong, {@code results.json} last, and removes what an earlier
     * report had and this one doesn't: feature maps, the drawing.
     */
    void publish(List<String> names) throws IOException {
        List<String> ordered = new ArrayList<>(names);
        ordered.remove(RESULTS);
        ordered.add(RESULTS);
        for (String name : ordered) {
            Path target = folder.resolve(name);
            Files.createDirectories(target.getParent());
            Files.move(staging.resolve(name), target, StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        }
        Set<String> current = Set.copyOf(names);
        for (String name : earlier) {
            // whatever a results.json may claim, only our own kind of file is ever deleted
            if (!current.contains(name)
                    && (name.equals(CHAIN) || name.matches(MAPS + "/[a-z0-9-]+\\.png"))) {
                Files.deleteIfExists(folder.resolve(name));
            }
        }
    }

    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(onExit);
        clear();
    }

    private void clear() {
        try {
            held.close();
            if (Files.exists(staging)) {
                remove(staging);
            }
            removeEmpty(folder, firstCreated);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "temporary folder %s can't be removed".formatted(staging), e);
        }
    }

    /** Takes away the folders that were made, up to {@code first}, unless something is in them. */
    private static void removeEmpty(Path folder, Path first) throws IOException {
        if (first == null) {
            return;
        }
        try {
            for (Path path = folder; path.startsWith(first); path = path.getParent()) {
                if (Files.isDirectory(path)) {
                    Files.delete(path);
                }
            }
        } catch (DirectoryNotEmptyException e) {
            // the report is in it: it stays
            return;
        }
    }
}
