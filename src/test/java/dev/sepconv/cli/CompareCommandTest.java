package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sepconv compare} on the java engine, in this process. */
class CompareCommandTest {

    @TempDir
    Path folder;

    private Path out;
    private Path small;

    private record Ran(int code, String out, String err) {
        /** What is said, without the lines about choices and progress. */
        List<String> sentences() {
            return err.lines().filter(line -> !line.startsWith("sepconv: comparing")).toList();
        }
    }

    @BeforeEach
    void paint() throws IOException {
        out = folder.resolve("out");
        StringBuilder ppm = new StringBuilder("P3\n9 7\n255\n");
        for (int i = 0; i < 9 * 7 * 3; i++) {
            ppm.append(i * 37 % 256).append(' ');
        }
        small = Files.writeString(folder.resolve("small one.ppm"), ppm);
    }

    /** Where stderr is no terminal, as here and in logs. */
    @Test
    void aLogHasALineForEachPart() throws IOException {
        Ran ran = run(small.toString(), "--part", "both", "--channels", "4", "--side", "5",
                "--json");
        assertEquals(
                List.of("sepconv: comparing: the picture through each variant, part 1 of 2",
                        "sepconv: comparing: layers on 4 channels of 5×5, part 2 of 2"),
                ran.err().lines().toList());
        Ran verbose = run(small.toString(), "--part", "picture", "--json", "--verbose");
        assertEquals("sepconv: comparing on java (Java 25, 1 thread): asked for",
                verbose.err().lines().toList().getFirst());
        new ObjectMapper().readTree(ran.out()); // stdout is the document alone
    }

    @Test
    void aPictureGivesATableAndAFolder() throws IOException {
        Ran ran = run(small.toString());
        assertEquals(0, ran.code(), ran.err());
        assertEquals(List.of(), ran.sentences());
        List<String> lines = ran.out().lines().toList();
        assertEquals(small + ", 9x7 pixels, seed 42", lines.getFirst());
        assertEquals("The picture on java (Java 25, 1 thread): 4 filters of 3x3, stride 1",
                lines.get(2));
        List<String> variants = lines.stream().map(line -> line.split(" ")[0])
                .filter(List.of("standard", "grouped", "depthwise", "pointwise",
                        "separable-mobilenet", "separable-xception", "separable-keras",
                        "grouped-depthwise", "standard-5x5", "stacked-3x3", "standard-7x7",
                        "stacked-3x3-three")::contains)
                .toList();
        assertTrue(variants.size() >= 12, ran.out());
        assertEquals("Written to %s: report.html, results.json, 51 feature maps".formatted(out),
                lines.getLast());
        assertEquals(List.of("input.png", "maps", "report.html", "results.json"), names(out));
        assertTrue(Files.readString(out.resolve("report.html")).contains(
                "<code>sepconv compare --engine java --out %s --seconds 0.001 --part picture &#39;%s&#39;</code>"
                        .formatted(out, small)));
    }

    @Test
    void twoGroupsGoToTheSecondPart() throws IOException {
        Ran ran = run(small.toString(), "--part", "both", "--groups", "2", "--channels", "4",
                "--side", "5", "--filters", "3");
        assertEquals(0, ran.code(), ran.err());
        List<String> lines = ran.out().lines().toList();
        int at = lines.indexOf(
                "The layer inside a network on java (Java 25, 1 thread): 4 channels of 5×5, NHWC");
        assertTrue(at > 0, ran.out());
        assertEquals(
                List.of("CONVOLUTION", "PARAMS", "MULT-ADDS", "FEWER", "MEDIAN ms", "QUARTILES ms",
                        "FASTER", "ARRIVES", "WHY NOT ALL"),
                List.of(lines.get(at + 1).strip().split(" {2,}")));
        assertEquals(
                List.of("standard", "grouped-2", "depthwise", "pointwise",
                        "separable-mobilenet, two tasks", "separable-mobilenet, fused",
                        "separable-xception", "separable-keras, two tasks",
                        "separable-keras, fused", "grouped-2-pointwise",
                        "grouped-2-shuffle-pointwise", "grouped-2-shuffle-pointwise-2",
                        "standard-5x5", "stacked-3x3", "standard-7x7", "stacked-3x3-three"),
                lines.subList(at + 2, at + 18).stream().map(line -> line.split(" {2,}")[0])
                        .toList());
        for (String line : lines.subList(at, at + 18)) {
            assertTrue(line.length() <= 130, line);
        }
        assertEquals(List.of("chain.svg", "input.png", "maps", "report.html", "results.json"),
                names(out));
        JsonNode network = new ObjectMapper().readTree(out.resolve("results.json").toFile())
                .get("network").get(0);
        assertEquals("[4,5,NHWC]", "[%s,%s,%s]".formatted(network.get("channels"),
                network.get("side"), network.get("layout").asText()));
        JsonNode fused = network.get("runs").get(5);
        assertEquals("separable-mobilenet", fused.get("variant").asText());
        assertEquals("fused", fused.get("fusion").asText());
        assertEquals("standard", fused.get("saving").get("standard").asText());
        assertEquals(
                fused.get("saving").get("fasterTime").asDouble()
                        / fused.get("saving").get("fewerMultiplyAdds").asDouble(),
                fused.get("saving").get("arrives").asDouble(), 1e-12);
    }

    @Test
    void thePartsCanBeHadAlone() throws IOException {
        Ran ran = run(small.toString(), "--part", "network", "--channels", "2", "--side", "3",
                "--layout", "nchw", "--json");
        assertEquals(0, ran.code(), ran.err());
        JsonNode printed = new ObjectMapper().readTree(ran.out());
        assertEquals(0, printed.get("runs").size());
        assertEquals("NCHW", printed.get("network").get(0).get("layout").asText());
        assertFalse(Files.exists(out.resolve("maps")));
    }

    @Test
    void jsonIsAllThereIsOnStdoutAndTheSameAsTheFile() throws IOException {
        Ran ran = run(small.toString(), "--json", "--filters", "3", "--kernel", "2", "--stride",
                "2", "--seed", "-5");
        assertEquals(0, ran.code(), ran.err());
        JsonNode printed = new ObjectMapper().readTree(ran.out());
        assertEquals(new ObjectMapper().readTree(out.resolve("results.json").toFile()), printed);
        assertEquals(12, printed.get("runs").size());
        assertEquals("[1,3,4,5]", printed.get("runs").get(0).get("outputShape").toString());
        assertEquals(-5, printed.get("settings").get("seed").asInt());
    }

    @Test
    void largePicturesAreScaledDownAndThatIsSaid() throws IOException {
        Ran ran = run(small.toString(), "--max-side", "5", "--json");
        assertEquals(0, ran.code(), ran.err());
        assertEquals(List.of(
                "sepconv: the picture of 9 by 7 pixels is scaled down to 5 by 4 (--max-side 5)"),
                ran.sentences());
        assertTrue(new ObjectMapper().readTree(ran.out()).get("imageSize").get("scaledDown")
                .asBoolean());
    }

    @Test
    void theBuiltInPictureNeedsNoName() throws IOException {
        Ran ran = run("--max-side", "16");
        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.out().startsWith("the built-in picture, 16x12 pixels"), ran.out());
    }

    @Test
    void aSecondRunReplacesTheFirst() throws IOException {
        assertEquals(0, run(small.toString()).code());
        Path mine = Files.writeString(out.resolve("mine.txt"), "keep");
        assertEquals(0, run(small.toString(), "--filters", "1").code());
        assertEquals("keep", Files.readString(mine));
        assertFalse(Files.exists(out.resolve("maps/standard-02.png")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    --filters 4 --groups 3 | --filters 4 don't split into --groups 3; use a multiple of 3, or other groups
                    --groups 2             | --groups is 2; it must be 1 or 3 for the picture's channels; --part both or network has maps with more channels
                    --part both --groups 5 | --groups is 5; it must be 1 or 3 for the picture's channels, or divide those of the second part's maps: 64, 128, 512
                    --part both --groups 0 | --groups is 0; it must be 1 or 3 for the picture's channels, or divide those of the second part's maps: 64, 128, 512
                    --part network --side 0 | side is 0; it must be from 1 to 1024
                    --part network --channels 5000 | channels is 5000; it must be from 1 to 4096
                    --part all             | invalid value for option '--part': 'all' is unknown; it must be picture or network or both (see sepconv compare --help)
                    --filters 0            | filters is 0; it must be from 1 to 512
                    --kernel 64            | kernel is 64; it must be from 1 to 63
                    --stride 0             | stride is 0; it must be from 1 to 1024
                    --max-side 0           | --max-side is 0; it must be from 1 to 16384
                    --seconds NaN          | --seconds is NaN; it must be above 0 and at most 3600
                    --device nothing       | device is 'nothing'; the devices here are: java (Java 25, 1 thread)
                    """)
    void whatCannotBeIsAUsageError(String options, String sentence) throws IOException {
        List<String> args = new ArrayList<>(List.of(small.toString()));
        args.addAll(List.of(options.strip().split(" ")));
        assertRefused(2, sentence, args);
    }

    @Test
    void anEmptyFolderNameIsAUsageError() throws IOException {
        assertRefused(2, "--out is empty; name a folder", List.of(small.toString(), "--out="));
    }

    @Test
    void anUnknownEngineIsAUsageError() throws IOException {
        Ran ran = main("compare", small.toString(), "--engine", "abacus", "--out", out.toString());
        assertEquals(2, ran.code());
        assertEquals(List
                .of("sepconv: engine is 'abacus'; it must be one of tornado, simd, plain, java"),
                ran.sentences());
        assertFalse(Files.exists(out));
    }

    @Test
    void badPicturesAreRefusedAndNothingIsWritten() throws IOException {
        Path missing = folder.resolve("missing.png");
        assertRefused(1, "picture %s is not there: no such file".formatted(missing),
                List.of(missing.toString()));
        Path text = Files.writeString(folder.resolve("text.png"), "no picture");
        assertRefused(1, "picture %s is text, not a PNG, JPEG, GIF, BMP, TIFF, WebP or PPM picture"
                .formatted(text), List.of(text.toString()));
        Path cut = Files.writeString(folder.resolve("cut.ppm"),
                Files.readString(small).substring(0, 60));
        assertRefused(1,
                "picture %s can't be decoded as PNM: the file is damaged or cut off".formatted(cut),
                List.of(cut.toString()));
    }

    @Test
    void anOutputThatCannotBeIsRefusedBeforeTheWork() throws IOException {
        Files.writeString(out, "a file");
        Ran ran = run(small.toString());
        assertEquals(1, ran.code());
        assertEquals(List.of("sepconv: output %s is a file; name a folder".formatted(out)),
                ran.sentences());
        assertFalse(ran.err().contains("comparing on"), ran.err());
        assertEquals("a file", Files.readString(out));
    }

    private void assertRefused(int code, String sentence, List<String> args) throws IOException {
        Ran ran = run(args.toArray(String[]::new));
        assertEquals(List.of("sepconv: " + sentence), ran.sentences());
        assertEquals(code, ran.code());
        assertEquals("", ran.out());
        assertFalse(Files.exists(out), "something was written");
    }

    private Ran run(String... args) throws IOException {
        List<String> all = new ArrayList<>(
                List.of("compare", "--engine", "java", "--out", out.toString()));
        if (List.of(args).contains("--out=")) {
            all.removeLast();
            all.removeLast();
        }
        if (!List.of(args).contains("--seconds")) {
            all.addAll(List.of("--seconds", "0.001"));
        }
        if (!List.of(args).contains("--part")) {
            all.addAll(List.of("--part", "picture"));
        }
        all.addAll(List.of(args));
        return main(all.toArray(String[]::new));
    }

    private static Ran main(String... args) {
        StringWriter stdout = new StringWriter();
        StringWriter stderr = new StringWriter();
        int code = Main.run(new PrintWriter(stdout), new PrintWriter(stderr, true), args);
        return new Ran(code, stdout.toString(), stderr.toString());
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
