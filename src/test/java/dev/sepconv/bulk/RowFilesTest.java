package dev.sepconv.bulk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.NdArray;
import dev.sepconv.bulk.RowFiles.Done;
import dev.sepconv.bulk.RowFiles.Wanted;
import dev.sepconv.io.Npy;
import dev.sepconv.picture.ClassScore;
import dev.sepconv.picture.Ctc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowFilesTest {

    @TempDir
    Path folder;

    /** Names as file systems allow them. */
    private static final List<Path> PICTURES = List.of(Path.of("a.jpg"), Path.of("b, c.jpg"),
            Path.of("line\nbreak.jpg"), Path.of("\"quoted\".jpg"), Path.of("bad.jpg"),
            Path.of("写真.jpg"), Path.of("tab\there.jpg"), Path.of("a.jpg"));

    private static final Names NAMES = Names.of(PICTURES);

    private static final RowFiles.Example EXAMPLE = new RowFiles.Example(answers(0),
            Map.of("y", NdArray.zeros(Dims.of(1, 3))));

    private static List<Answer> answers(int i) {
        return List.of(new Answer("y", 0, 1, 0.5, List.of(new ClassScore(i, "cat, \"big\"", i / 3f),
                new ClassScore(2, "dog\n", Float.NaN)), null));
    }

    private static Row row(int i) {
        return i == 4
                ? Row.failed(i, NAMES.name(i), "is cut off, or \"worse\"")
                : new Row(i, NAMES.name(i), null, answers(i),
                        Map.of("y", NdArray.of(Dims.of(1, 3), i, i + 0.5f, Float.NaN)));
    }

    private List<Wanted> wanted(String... names) {
        return Arrays.stream(names).map(name -> new Wanted(folder.resolve(name), null)).toList();
    }

    private static void write(RowFiles files, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            files.write(row(i));
        }
    }

    @Test
    void aTableQuotesWhatMustBeQuoted() throws IOException {
        try (RowFiles files = RowFiles.open(wanted("r.csv"), EXAMPLE)) {
            write(files, 0, 5);
        }
        assertEquals("""
                picture,error,class1,label1,score1,class2,label2,score2
                a.jpg,,0,"cat, ""big""\",0.0,2,"dog
                ",NaN
                "b, c.jpg",,1,"cat, ""big""\",0.33333334,2,"dog
                ",NaN
                "line
                break.jpg",,2,"cat, ""big""\",0.6666667,2,"dog
                ",NaN
                \"""quoted"".jpg",,3,"cat, ""big""\",1.0,2,"dog
                ",NaN
                bad.jpg,"is cut off, or ""worse""\",,,,,,
                """, Files.readString(folder.resolve("r.csv")));
    }

    @Test
    void linesOfJsonAreObjects() throws IOException {
        try (RowFiles files = RowFiles.open(wanted("r.jsonl"), EXAMPLE)) {
            write(files, 1, 5);
        }
        List<String> lines = Files.readAllLines(folder.resolve("r.jsonl"));
        assertEquals(4, lines.size());
        assertEquals("{\"picture\":\"b, c.jpg\",\"outputs\":{\"y\":{\"top\":["
                + "{\"index\":1,\"label\":\"cat, \\\"big\\\"\",\"score\":0.33333334},"
                + "{\"index\":2,\"label\":\"dog\\n\",\"score\":\"NaN\"}]}}}", lines.get(0));
        assertTrue(lines.get(1).startsWith("{\"picture\":\"line\\nbreak.jpg\","), lines.get(1));
        assertEquals("{\"picture\":\"bad.jpg\",\"error\":\"is cut off, or \\\"worse\\\"\"}",
                lines.get(3));
    }

    @Test
    void outputsOfSeveralKindsHaveColumnsOfTheirOwn() throws IOException {
        List<Answer> both = List.of(new Answer("box", -1, 2, 0.25, null, null),
                new Answer("text", 0, 1, 0.5, null, new Ctc.Text("hello", 0.5f)));
        try (RowFiles files = RowFiles.open(wanted("r.csv"),
                new RowFiles.Example(both, Map.of()))) {
            files.write(new Row(0, "a.jpg", null, both, Map.of()));
        }
        assertEquals("""
                picture,error,box.min,box.max,box.mean,text.text,text.score
                a.jpg,,-1.0,2.0,0.25,hello,0.5
                """, Files.readString(folder.resolve("r.csv")));
    }

    /** A row for each picture, NaN for one that failed; NumPy reads it at any time. */
    @Test
    void anArrayHasARowForEachPicture() throws IOException {
        Path array = folder.resolve("r.npy");
        try (RowFiles files = RowFiles.open(wanted("r.npy"), EXAMPLE)) {
            assertEquals(List.of(folder.resolve("r.csv"), array), files.files());
            for (int i = 0; i < PICTURES.size(); i++) {
                write(files, i, i + 1);
                assertEquals(List.of(i + 1, 3), Npy.readHeader(array).shape());
            }
        }
        float[] numbers = Npy.read(array);
        for (int i = 0; i < PICTURES.size(); i++) {
            float[] wanted = i == 4
                    ? new float[]{Float.NaN, Float.NaN, Float.NaN}
                    : new float[]{i, i + 0.5f, Float.NaN};
            assertArrayEquals(wanted, Arrays.copyOfRange(numbers, 3 * i, 3 * i + 3));
        }
        assertTrue(Files.readString(folder.resolve("r.csv")).contains("bad.jpg,\"is cut off"));
    }

    /**
     * As a process that is killed leaves it: files that end anywhere, even in a row of one file of
     * several. What goes on gives what an undisturbed run does.
     */
    @Test
    void fromWhereverARunEndedTheNextGivesTheSameFiles() throws IOException {
        String[] names = {"r.csv", "r.jsonl", "r.npy"};
        List<Map<String, byte[]>> states = new ArrayList<>();
        try (RowFiles files = RowFiles.open(wanted(names), EXAMPLE)) {
            states.add(contents(names));
            for (int i = 0; i < PICTURES.size(); i++) {
                write(files, i, i + 1);
                states.add(contents(names));
            }
        }
        Map<String, byte[]> whole = states.getLast();
        Random random = new Random(1);
        for (int round = 0; round < 400; round++) {
            int rows = random.nextInt(PICTURES.size());
            Map<String, byte[]> before = states.get(rows);
            Map<String, byte[]> after = states.get(rows + 1);
            for (String name : names) {
                byte[] less = before.get(name);
                byte[] more = after.get(name);
                int length = less.length + random.nextInt(more.length - less.length + 1);
                byte[] cut = Arrays.copyOf(more, length);
                if (name.equals("r.npy") && random.nextBoolean() && less.length > 0) {
                    // the header is written last
                    System.arraycopy(less, 0, cut, 0, Math.min(128, less.length));
                }
                Files.write(folder.resolve(name), cut);
            }
            try (RowFiles files = RowFiles.open(wanted(names), EXAMPLE)) {
                Done done = files.resume(NAMES);
                assertTrue(done.rows() >= rows && done.rows() <= rows + 1,
                        "%d rows of %d".formatted(done.rows(), rows));
                assertEquals(done.rows() > 4 ? 1 : 0, done.failed());
                write(files, done.rows(), PICTURES.size());
            }
            Map<String, byte[]> got = contents(names);
            for (String name : names) {
                assertArrayEquals(whole.get(name), got.get(name), name + ", round " + round);
            }
        }
    }

    private Map<String, byte[]> contents(String... names) throws IOException {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        for (String name : names) {
            contents.put(name, Files.readAllBytes(folder.resolve(name)));
        }
        return contents;
    }

    @Test
    void itDoesNotGoOnBehindRowsOfOtherPictures() throws IOException {
        Path file = folder.resolve("r.csv");
        try (RowFiles files = RowFiles.open(wanted("r.csv", "r.jsonl"), EXAMPLE)) {
            write(files, 0, 3);
        }
        byte[] before = Files.readAllBytes(file);
        String others = refused(Names.of(List.of(Path.of("a.jpg"), Path.of("x.jpg"))), "r.csv");
        assertEquals(
                "row 2 of %s is of b, c.jpg, but picture 2 of this run is x.jpg, so it can't go on behind it"
                        .formatted(file),
                others);
        assertTrue(refused(Names.of(PICTURES.subList(0, 2)), "r.jsonl").endsWith(
                "r.jsonl has more rows than the 2 pictures of this run, so it can't go on behind them"));
        assertArrayEquals(before, Files.readAllBytes(file));
        Files.writeString(folder.resolve("x.csv"), "name,price\na,3\n");
        assertTrue(refused(NAMES, "x.csv")
                .contains("x.csv has the columns name,price; this run's are picture,error,"));
        Files.writeString(folder.resolve("x.jsonl"), "{\"a\":1}\n");
        assertTrue(refused(NAMES, "x.jsonl").startsWith("line 1 of "));
        Files.write(folder.resolve("x.npy"), Npy.header(List.of(5, 7), 0));
        Files.write(folder.resolve("x.npy"), new byte[200],
                java.nio.file.StandardOpenOption.APPEND);
        Files.delete(folder.resolve("x.csv"));
        assertTrue(refused(NAMES, "x.npy").contains("x.npy is no array of rows of [1, 3]"));
        // one file has what the other hasn't
        Files.delete(folder.resolve("r.jsonl"));
        assertTrue(refused(NAMES, "r.csv", "r.jsonl").contains(" have 3 and 0 rows; "));
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    private String refused(Names names, String... files) {
        return assertThrows(IOException.class, () -> {
            try (RowFiles open = RowFiles.open(wanted(files), EXAMPLE)) {
                open.resume(names);
            }
        }).getMessage();
    }

    @Test
    void whatCanNotBeWrittenIsRefused() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> wanted("r.txt")).getMessage()
                .endsWith("its name must end in .csv, .jsonl or .npy"));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> RowFiles.open(wanted("r.jsonl", "r.jsonl"), EXAMPLE)).getMessage()
                .endsWith("is given twice"));
        RowFiles.Example two = new RowFiles.Example(List.of(),
                Map.of("a", NdArray.zeros(Dims.of(1, 2)), "b", NdArray.zeros(Dims.of(1, 2))));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> RowFiles.open(wanted("r.npy"), two)).getMessage().contains("write NAME="));
        assertThrows(IOException.class, () -> RowFiles.open(wanted("no/r.csv"), EXAMPLE));
        assertFalse(Files.exists(folder.resolve("r.csv")), "an empty file was left behind");
    }
}
