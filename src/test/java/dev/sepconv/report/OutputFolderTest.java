package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {

    private static final String OURS = "{\"generator\": \"sepconv\", \"files\": %s}";

    @TempDir
    Path parent;

    @Test
    void nothingIsLeftWhenNothingIsPublished() throws IOException {
        Path folder = parent.resolve("a/b/c");
        try (OutputFolder output = OutputFolder.prepare(folder)) {
            Files.writeString(output.staged("maps/x-01.png"), "half a picture");
        }
        assertEquals(List.of(), names(parent));
    }

    @Test
    void aFullDiskNamesTheFile() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "a device that is always full");
        Path folder = parent.resolve("out");
        try (OutputFolder output = OutputFolder.prepare(folder)) {
            Files.createSymbolicLink(output.staged("report.html"), full);
            assertEquals("%s: No space left on device".formatted(folder.resolve("report.html")),
                    assertThrows(IOException.class, () -> output.write("report.html", new byte[1]))
                            .getMessage());
        }
    }

    @Test
    void whatAKilledProcessLeftGoesAndWhatIsInUseStays() throws IOException {
        Path folder = Files.createDirectories(parent.resolve("out"));
        Path left = Files.createDirectories(folder.resolve(".sepconv-123/maps"));
        Files.write(left.resolve("x-01.png"), new byte[100]);
        Path mark = Files.createFile(folder.resolve(".sepconv-123/held"));
        Path others = Files.createDirectories(folder.resolve(".sepconv-notes"));
        try (OutputFolder first = OutputFolder.prepare(folder)) {
            assertTrue(Files.exists(mark), "it may have been made a moment ago");
            FileTime old = FileTime.from(Instant.now().minus(Duration.ofMinutes(2)));
            Files.setLastModifiedTime(mark, old);
            Files.setLastModifiedTime(first.staged("held"), old);
            try (OutputFolder second = OutputFolder.prepare(folder)) {
                assertTrue(Files.exists(second.staged("held")));
            }
            assertTrue(Files.exists(first.staged("held")), "another one is at work there");
        }
        assertEquals(List.of(others), list(folder));
    }

    @Test
    void whatAProcessLeftThatWasKilledBeforeItMarkedItGoes() throws IOException {
        Path folder = Files.createDirectories(parent.resolve("out"));
        Path empty = Files.createDirectories(folder.resolve(".sepconv-456"));
        Path full = Files.createDirectories(folder.resolve(".sepconv-789/maps")).getParent();
        Path others = Files.createDirectories(folder.resolve(".sepconv-notes"));
        OutputFolder.prepare(folder).close();
        assertTrue(Files.exists(empty), "it may have been made a moment ago");
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofMinutes(2)));
        for (Path each : List.of(empty, full, others)) {
            Files.setLastModifiedTime(each, old);
        }
        OutputFolder.prepare(folder).close();
        assertEquals(List.of(full, others), list(folder).stream().sorted().toList());
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.toList();
        }
    }

    @Test
    void publishesWhatWasStagedAndNothingElse() throws IOException {
        Path folder = parent.resolve("out");
        try (OutputFolder output = OutputFolder.prepare(folder)) {
            Files.writeString(output.staged("maps/x-01.png"), "map");
            Files.writeString(output.staged("results.json"), OURS.formatted("[]"));
            assertFalse(Files.exists(folder.resolve("results.json")));
            output.publish(List.of("results.json", "maps/x-01.png"));
        }
        assertEquals(List.of("maps", "results.json"), names(folder));
        assertEquals("map", Files.readString(folder.resolve("maps/x-01.png")));
    }

    @Test
    void replacesAnEarlierReportAndLeavesOtherFilesAlone() throws IOException {
        Files.createDirectories(parent.resolve("maps"));
        for (String name : List.of("maps/old-01.png", "maps/mine.png", "keep.png", "notes.txt",
                "maps/new-01.png")) {
            Files.writeString(parent.resolve(name), "before");
        }
        Path outside = Files.writeString(parent.resolve("maps/../victim.txt"), "before");
        Files.writeString(parent.resolve("results.json"), OURS.formatted(
                "[\"maps/old-01.png\", \"maps/new-01.png\", \"notes.txt\", \"maps/../victim.txt\", \"victim.txt\", \"/etc/hostname\"]"));
        try (OutputFolder output = OutputFolder.prepare(parent)) {
            Files.writeString(output.staged("maps/new-01.png"), "after");
            Files.writeString(output.staged("results.json"), OURS.formatted("[]"));
            output.publish(List.of("maps/new-01.png", "results.json"));
        }
        assertEquals(List.of("keep.png", "maps", "notes.txt", "results.json", "victim.txt"),
                names(parent));
        assertEquals(List.of("mine.png", "new-01.png"), names(parent.resolve("maps")));
        assertEquals("after", Files.readString(parent.resolve("maps/new-01.png")));
        assertEquals("before", Files.readString(outside));
    }

    @Test
    void aFileInTheWayIsRefused() throws IOException {
        Path file = Files.writeString(parent.resolve("out"), "mine");
        assertRefused(file, "output %s is a file; name a folder".formatted(file));
        Path below = file.resolve("deeper");
        assertRefused(below,
                "output folder %s can't be written: is it on a read-only disk, another user's, or below a file?"
                        .formatted(below));
        assertEquals("mine", Files.readString(file));
        assertEquals(List.of("out"), names(parent));
    }

    @Test
    void filesOfOthersAreNotReplaced() throws IOException {
        for (String content : List.of("not json", "[1, 2]", "{\"generator\": \"another\"}")) {
            Files.writeString(parent.resolve("results.json"), content);
            assertRefused(parent,
                    "output folder %s has a results.json that is not sepconv's and would be replaced; name another folder"
                            .formatted(parent));
            assertEquals(content, Files.readString(parent.resolve("results.json")));
        }
        Files.delete(parent.resolve("results.json"));
        Files.createDirectory(parent.resolve("maps"));
        assertRefused(parent,
                "output folder %s has a maps that is not sepconv's and would be replaced; name another folder"
                        .formatted(parent));
    }

    @Test
    void somethingOfTheWrongKindInAnEarlierReportIsRefused() throws IOException {
        Files.writeString(parent.resolve("results.json"), OURS.formatted("[]"));
        Files.createDirectory(parent.resolve("report.html"));
        assertRefused(parent, "output folder %s has a folder named report.html where a file goes"
                .formatted(parent));
        Files.delete(parent.resolve("report.html"));
        Files.createFile(parent.resolve("maps"));
        assertRefused(parent,
                "output folder %s has a file named maps where a folder goes".formatted(parent));
    }

    private static void assertRefused(Path folder, String message) {
        assertEquals(message,
                assertThrows(IOException.class, () -> OutputFolder.prepare(folder)).getMessage());
    }

    private static List<String> names(Path folder) throws IOException {
        assertTrue(Files.isDirectory(folder));
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
