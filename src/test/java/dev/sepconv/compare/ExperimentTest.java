package dev.sepconv.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.compare.Settings.MapSize;
import dev.sepconv.engine.Engines.Inventory;
import dev.sepconv.engine.java.JavaEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExperimentTest {

    private static final Settings QUICK = new Settings(4, 3, 3, 1, 42, Duration.ofMillis(1));

    @Test
    void theJavaEngineIsRightEverywhere() {
        List<String> told = new ArrayList<>();
        Comparison comparison = run(QUICK, new Inventory(List.of(JavaEngine.open()), List.of()),
                told);
        assertTrue(comparison.good(), comparison.runs().toString());
        assertEquals(12, comparison.runs().size());
        assertEquals(12, comparison.maps().size());
        assertEquals("standard on java", told.getFirst());
        assertEquals("stacked-3x3-three on java", told.get(11));
        assertEquals("measuring in turns on java", told.getLast());
        assertEquals(
                List.of("standard and separable-xception", "standard-5x5 and stacked-3x3",
                        "standard-7x7 and stacked-3x3-three"),
                comparison.observations().stream()
                        .filter(said -> said.contains(" give the same maps "))
                        .map(said -> said.replaceFirst(" give .*", "")).toList());
        assertEquals(List.of(), comparison.layers());
        assertEquals(2, comparison.notes().size(), comparison.notes().toString());
    }

    @Test
    void aCellThatFailsOrIsWrongDoesNotStopTheRest() {
        Comparison comparison = run(QUICK,
                new Inventory(List.of(new FaultyEngine(), JavaEngine.open()), List.of()),
                new ArrayList<>());
        assertFalse(comparison.good());
        assertEquals(24, comparison.runs().size());
        for (Run run : comparison.runsOn(FaultyEngine.DEVICE)) {
            switch (run.variant().name()) {
                case "standard", "pointwise", "standard-7x7" -> assertTrue(run.good());
                case "standard-5x5" -> {
                    Run.Measured measured = assertInstanceOf(Run.Measured.class, run.outcome());
                    assertFalse(measured.agrees());
                    assertEquals(1, measured.difference().maxAbs(), 1e-5);
                }
                case "grouped", "depthwise", "grouped-depthwise" ->
                    assertEquals(new Run.Failed("device <faulty> is out of memory"), run.outcome());
                default -> assertEquals(
                        new Run.Failed(
                                "unexpected: java.lang.IllegalStateException: chains break it"),
                        run.outcome());
            }
        }
        assertEquals("faulty", comparison.maps().get("standard").device().engine());
        assertEquals("java", comparison.maps().get("standard-5x5").device().engine());
        assertEquals("java", comparison.maps().get("depthwise").device().engine());
    }

    @Test
    void aVariantThatNoDeviceGetsRightHasNoMaps() {
        Comparison comparison = run(QUICK, new Inventory(List.of(new FaultyEngine()), List.of()),
                new ArrayList<>());
        assertEquals(List.of("standard", "pointwise", "standard-7x7"),
                List.copyOf(comparison.maps().keySet()));
        assertEquals(List.of(), comparison.observations());
    }

    @Test
    void whatTakesDaysOrTooMuchMemoryIsRefused() {
        Settings slow = new Settings(512, 63, 3, 1, 42, Duration.ofSeconds(1));
        String message = assertThrows(IllegalArgumentException.class,
                () -> Experiment.check(slow, Shape.of(3, 1024, 1024))).getMessage();
        assertTrue(message.startsWith(
                "standard would take 6.39e+12 multiply-adds on 3 channels of 1024 by 1024; "),
                message);
        Settings large = new Settings(512, 1, 3, 1, 42, Duration.ofSeconds(1));
        assertThrows(IllegalArgumentException.class,
                () -> Experiment.check(large, Shape.of(3, 2048, 2048)));
        Experiment.check(QUICK, Shape.of(3, 1024, 1024));
    }

    private static Settings layers(int channels, int side, int... groups) {
        return new Settings(4, 3, 3, 1, 42, Duration.ofMillis(1), Settings.Part.NETWORK,
                List.of(new MapSize(channels, side)), Arrays.stream(groups).boxed().toList(),
                Layout.NHWC);
    }

    @Test
    void layersInsideANetworkAreComparedWithWhatTheyReplace() {
        Comparison comparison = run(layers(6, 9, 2, 3),
                new Inventory(List.of(JavaEngine.open()), List.of()), new ArrayList<>());
        assertTrue(comparison.good());
        assertEquals(List.of(), comparison.runs());
        LayerComparison layer = comparison.layers().getFirst();
        assertEquals(
                List.of("standard", "grouped-2", "grouped-3", "depthwise", "pointwise",
                        "separable-mobilenet, two tasks", "separable-mobilenet, fused",
                        "separable-xception", "separable-keras, two tasks",
                        "separable-keras, fused", "grouped-3-pointwise",
                        "grouped-3-shuffle-pointwise", "grouped-3-shuffle-pointwise-3",
                        "standard-5x5", "stacked-3x3", "standard-7x7", "stacked-3x3-three"),
                layer.runs().stream().map(Run::label).toList());
        assertEquals(List.of(), comparison.notes());
        assertEquals(Shape.of(6, 9, 9), layer.input());
        for (Run run : layer.runs()) {
            assertEquals(layer.input(), run.output());
            Saving saving = layer.saving(run).orElse(null);
            if (run.variant().isStandard()) {
                assertEquals(null, saving);
                continue;
            }
            String standard = run.variant().name().equals("stacked-3x3")
                    ? "standard-5x5"
                    : run.variant().name().equals("stacked-3x3-three")
                            ? "standard-7x7"
                            : "standard";
            Run replaced = layer.runs().stream().filter(other -> other.label().equals(standard))
                    .findFirst().orElseThrow();
            assertEquals(standard, saving.standard());
            assertEquals((double) replaced.cost().multiplyAdds() / run.cost().multiplyAdds(),
                    saving.fewer(), 1e-12);
            assertEquals(median(replaced) / median(run), saving.faster(), 1e-12);
            assertEquals(saving.faster() / saving.fewer(), saving.arrives(), 1e-12);
            assertEquals(Math.abs(saving.arrives() - 1) <= Saving.FULL, saving.reasons().isEmpty());
        }
        Run separate = layer.runs().get(5);
        assertEquals(2 * 4 * 6 * 81, separate.bytesMoved() - layer.runs().get(6).bytesMoved(),
                "the intermediate, written and read");
    }

    @Test
    void groupsThatSomeMapsDoNotSplitIntoHaveNoRowThere() {
        Settings settings = new Settings(4, 3, 3, 1, 42, Duration.ofMillis(1),
                Settings.Part.NETWORK, List.of(new MapSize(6, 9), new MapSize(4, 5)), List.of(4),
                Layout.NHWC);
        assertEquals(
                List.of("6 channels of 9×9 don't split into 4 groups, so there they have no row."),
                Notes.of(settings));
        Settings none = layers(6, 9, 4);
        assertEquals("groups is 4; it must divide the maps' channels, 6",
                assertThrows(IllegalArgumentException.class,
                        () -> Experiment.check(none, Shape.of(3, 9, 9))).getMessage());
    }

    private static double median(Run run) {
        return ((Run.Measured) run.outcome()).timing().medianMillis();
    }

    @Test
    void aSlowDeviceIsSparedTheSecondPartAndThatIsSaid() {
        Settings settings = layers(256, 64, 2);
        Comparison comparison = run(settings, new Inventory(List.of(JavaEngine.open()), List.of()),
                new ArrayList<>());
        LayerComparison layer = comparison.layers().getFirst();
        assertEquals(List.of(), layer.runs());
        String sentence = List.copyOf(layer.spared().values()).getFirst();
        assertTrue(sentence.matches(
                "java is left out on 256 channels of 64×64: at the [\\d.]+ GFLOP/s that its standard convolution "
                        + "reached they would take \\d+ s, more than 60; a longer --seconds or a smaller --side has it measured\\."),
                sentence);
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertRefused("filters is 0; it must be from 1 to 512", 0, 3, 3, 1);
        assertRefused("kernel is 64; it must be from 1 to 63", 4, 64, 3, 1);
        assertRefused("stride is -1; it must be from 1 to 1024", 4, 3, 3, -1);
        assertRefused("groups is 2; it must divide the picture's 3 channels, so it can be 1 or 3",
                4, 3, 2, 1);
    }

    private static void assertRefused(String message, int filters, int kernel, int groups,
            int stride) {
        assertEquals(message, assertThrows(IllegalArgumentException.class,
                () -> new Settings(filters, kernel, groups, stride, 42, Duration.ofSeconds(1)))
                .getMessage());
    }

    private static Comparison run(Settings settings, Inventory inventory, List<String> told) {
        Tensor picture = Tensor.zeros(Shape.of(3, 11, 13), Layout.NCHW);
        Random random = new Random(3);
        for (int i = 0; i < picture.data().length; i++) {
            picture.data()[i] = random.nextFloat();
        }
        double[] before = {0};
        return Experiment.run(settings, picture, inventory, inventory.devices(), (share, what) -> {
            assertTrue(share >= before[0] && share <= 1 + 1e-9, share + " after " + before[0]);
            before[0] = share;
            told.add(what);
        });
    }
}
