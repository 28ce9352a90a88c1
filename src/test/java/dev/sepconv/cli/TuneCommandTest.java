package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.io.Npy;
import dev.sepconv.tune.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TuneCommandTest {

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void useAFileOfOurOwn() {
        file = folder.resolve("sepconv/tuning.json");
        System.setProperty("sepconv.tuning", file.toString());
    }

    @AfterEach
    void restore() {
        System.clearProperty("sepconv.tuning");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    --kernel 3                                  | --kernel needs --shape
                    --groups 3                                  | --groups needs --shape
                    --shape 3,5,5                               | --shape needs --filters
                    --shape 3,5,5 --filters 2 --suite article   | --shape and --suite exclude one another
                    --shape 3x5x5 --filters 2                   | '3x5x5' is not made of whole numbers; it must be C,H,W or N,C,H,W
                    --shape 3,5 --filters 2                     | '3,5' has 2 numbers; it must be C,H,W or N,C,H,W
                    --shape 3,0,5 --filters 2                   | is 0
                    --shape 3,5,5 --filters 2 --groups 2        | 3
                    --shape 3,5,5 --filters 0                   | is 0
                    --shape 3,5,5 --filters 2 --kernel 7        | 7
                    --suite resnet                              | 'resnet' is unknown; it must be mobilenet-v1 or mobilenet-v1-standard or mobilenet-v2 or article
                    --rounds 0                                  | --rounds is 0; it must be from 1 to 1000
                    --rounds 1001                               | --rounds is 1001; it must be from 1 to 1000
                    --layout chwn                               | 'chwn' is unknown
                    --device simd                               | device is simd
                    --device java                               | only TornadoVM's devices have kernels to choose from
                    --device nothing-like-it                    | device is 'nothing-like-it'
                    """)
    void refusesWhatCannotBe(String options, String said) {
        List<Object> args = new ArrayList<>(List.of("tune"));
        args.addAll(List.of(options.split(" +")));
        Invocation.inProcess(args.toArray()).failed(2, said);
        assertFalse(Files.exists(file));
    }

    /** From its stem to its last expansion, with no size twice. */
    @Test
    void mobileNetV2HasEachOfItsConvolutionsOnce() {
        List<Subject> all = TuningSuite.MOBILENET_V2.subjects(Layout.NHWC);
        assertEquals(Shape.of(3, 224, 224), all.getFirst().input());
        assertEquals(Shape.of(320, 7, 7), all.getLast().input());
        assertEquals(1280, all.getLast().layer().outputShape(all.getLast().input()).c());
        assertTrue(all.stream().allMatch(subject -> subject.layout() == Layout.NHWC));
        assertEquals(all.size(), all.stream()
                .map(subject -> List.of(subject.layer(), subject.input())).distinct().count());
    }

    @Test
    void takesOneDeviceAtATime() {
        Invocation.inProcess("tune", "--device", "simd,java").failed(2,
                "device is 'simd,java'; kernels are measured on one device at a time: name one of them");
    }

    @Test
    void refusesToMeasureForNothing() {
        System.setProperty("sepconv.tuning", "off");
        Invocation.inProcess("tune").failed(2,
                "is off, so nothing would be remembered; unset it, or say --dry-run");
    }

    @Test
    void refusesAPlaceThatCannotBeWrittenBeforeAnythingIsMeasured() throws IOException {
        Files.writeString(folder.resolve("sepconv"), "");
        Invocation.inProcess("tune").failed(1, "tuning.json: its folder can't be made (");
    }

    private static final Object[] SMALL = {"tune", "--shape", "3,11,7", "--filters", "5",
            "--kernel", "3", "--pad", "same", "--layout", "nchw", "--rounds", "2"};

    private static Invocation tune(Object... more) {
        List<Object> args = new ArrayList<>(List.of(SMALL));
        args.addAll(List.of(more));
        return Invocation.inProcess(args.toArray());
    }

    @Test
    @Tag("device")
    void laterCommandsTakeTheWinner() throws IOException {
        Invocation tuned = tune("--json");
        assertEquals(0, tuned.code(), tuned.err());
        JsonNode document = tuned.json();
        JsonNode convolution = document.get("convolutions").get(0);
        assertEquals("[1,3,11,7]", convolution.get("input").toString());
        assertEquals(file.toString(), document.get("file").asText());
        List<String> kernels = new ArrayList<>();
        convolution.get("trials").forEach(trial -> {
            kernels.add(trial.get("kernels").get(0).asText());
            assertTrue(trial.get("kernelMillis").asDouble() > 0 && trial.get("refused").isNull(),
                    trial.toString());
        });
        assertEquals(
                List.of("standardNchwF32", "groupedNhwcF32_v16p7", "groupedNhwcF32_v16p6k16",
                        "groupedNhwcF32_v16p12k16", "groupedNchwF32_k8", "groupedNchwF32_local"),
                kernels);
        String winner = convolution.get("winner").get(0).asText();
        if (document.get("device").get("kind").asText().equals("cpu")) {
            JsonNode beside = document.get("besideSimd").get(0);
            assertEquals(beside.get("millis").asDouble() / beside.get("simdMillis").asDouble(),
                    document.get("timesSimd").asDouble(), 1e-9);
            // the next choice heeds it
            JsonNode devices = Invocation.inProcess("devices", "--json").succeeded().json();
            boolean faster = document.get("timesSimd").asDouble() < 1;
            assertEquals(faster ? "tornado" : "simd",
                    devices.get("devices").get(0).get("engine").asText());
            assertTrue(devices.get("reason").asText().contains("`sepconv tune` measured"),
                    devices.get("reason").asText());
        }

        Invocation conv = conv();
        assertTrue(conv.err().contains("sepconv: tuned: " + winner), conv.err());
        System.setProperty("sepconv.tuning", "off");
        assertFalse(conv().err().contains("tuned"), "turned off");
    }

    private Invocation conv() throws IOException {
        Random random = new Random(1);
        float[] x = new float[3 * 11 * 7];
        float[] w = new float[5 * 3 * 9];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat();
        }
        Npy.write(folder.resolve("x.npy"), List.of(1, 3, 11, 7), x);
        Npy.write(folder.resolve("w.npy"), List.of(5, 3, 3, 3), w);
        Invocation conv = Invocation.inProcess("conv", "--input", folder.resolve("x.npy"),
                "--weights", folder.resolve("w.npy"), "--pad", "same", "--output",
                folder.resolve("y.npy"), "--engine", "tornado");
        assertEquals(0, conv.code(), conv.err());
        return conv;
    }

    @Test
    @Tag("device")
    void aDryRunRemembersNothing() throws IOException {
        Invocation tuned = tune("--dry-run");
        assertEquals(0, tuned.code(), tuned.err());
        assertTrue(tuned.err().contains("sepconv: tuning: "), tuned.err());
        assertTrue(tuned.out().contains("Nothing is remembered (--dry-run)."), tuned.out());
        assertTrue(tuned.out().contains("default"), tuned.out());
        assertTrue(tuned.out().contains("winner"), tuned.out());
        assertFalse(Files.exists(file));
        assertFalse(conv().err().contains("tuned"));
    }
}
