package dev.sepconv.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.engine.Engines.Inventory;
import dev.sepconv.engine.java.JavaEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExperimentTest {

    private static final Settings QUICK = new Settings(4, 3, 3, 1, 42, Duration.ofMillis(1));

    @Test
    void theJavaEngineIsRightEverywhere() {
        List<String> told = new ArrayList<>();
        Comparison comparison = run(QUICK, new Inventory(List.of(JavaEngine.open()), List.of()), told);
        assertTrue(comparison.good(), comparison.runs().toString());
        assertEquals(9, comparison.runs().size());
        assertEquals(9, comparison.maps().size());
        assertEquals(9, told.size());
        assertEquals("standard on java", told.getFirst());
        assertEquals(Experiment.cells(QUICK, comparison.devices()), told.size());
        assertEquals(2, comparison.observations().size());
        for (String observation : comparison.observations()) {
            assertTrue(observation.contains(" give the same maps "), observation);
        }
        assertEquals(2, comparison.notes().size(), comparison.notes().toString());
    }

    @Test
    void aCellThatFailsOrIsWrongDoesNotStopTheRest() {
        Comparison comparison = run(QUICK, new Inventory(List.of(new FaultyEngine(), JavaEngine.open()), List.of()),
                new ArrayList<>());
        assertFalse(comparison.good());
        assertEquals(18, comparison.runs().size());
        for (Run run : comparison.runsOn(FaultyEngine.DEVICE)) {
            switch (run.variant().name()) {
                case "standard" -> assertTrue(run.good());
                case "standard-5x5" -> {
                    Run.Measured measured = assertInstanceOf(Run.Measured.class, run.outcome());
                    assertFalse(measured.agrees());
                    assertEquals(1, measured.difference().maxAbs(), 1e-5);
                }
                case "grouped", "depthwise", "grouped-depthwise" ->
                    assertEquals(new Run.Failed("device <faulty> is out of memory"), run.outcome());
                default ->
                    assertEquals(new Run.Failed("unexpected: java.lang.IllegalStateException: chains break it"), run.outcome());
            }
        }
        assertEquals("faulty", comparison.maps().get("standard").device().engine());
        assertEquals("java", comparison.maps().get("standard-5x5").device().engine());
        assertEquals("java", comparison.maps().get("depthwise").device().engine());
    }

    @Test
    void aVariantThatNoDeviceGetsRightHasNoMaps() {
        Comparison comparison = run(QUICK, new Inventory(List.of(new FaultyEngine()), List.of()), new ArrayList<>());
        assertEquals(List.of("standard"), List.copyOf(comparison.maps().keySet()));
        assertEquals(List.of(), comparison.observations());
    }

    @Test
    void whatTakesDaysOrTooMuchMemoryIsRefused() {
        Settings slow = new Settings(512, 63, 3, 1, 42, Duration.ofSeconds(1));
        String message = assertThrows(IllegalArgumentException.class, () -> Experiment.check(slow, Shape.of(3, 1024, 1024)))
                .getMessage();
        assertTrue(message.startsWith("standard would take 6.39e+12 multiply-adds on a picture of 1024 by 1024; "), message);
        Settings large = new Settings(512, 1, 3, 1, 42, Duration.ofSeconds(1));
        assertThrows(IllegalArgumentException.class, () -> Experiment.check(large, Shape.of(3, 2048, 2048)));
        Experiment.check(QUICK, Shape.of(3, 1024, 1024));
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertRefused("filters is 0; it must be from 1 to 512", 0, 3, 3, 1);
        assertRefused("kernel is 64; it must be from 1 to 63", 4, 64, 3, 1);
        assertRefused("stride is -1; it must be from 1 to 1024", 4, 3, 3, -1);
        assertRefused("groups is 2; it must divide the picture's 3 channels, so it can be 1 or 3", 4, 3, 2, 1);
    }

    private static void assertRefused(String message, int filters, int kernel, int groups, int stride) {
        assertEquals(message, assertThrows(IllegalArgumentException.class,
                () -> new Settings(filters, kernel, groups, stride, 42, Duration.ofSeconds(1))).getMessage());
    }

    private static Comparison run(Settings settings, Inventory inventory, List<String> told) {
        Tensor picture = Tensor.zeros(Shape.of(3, 11, 13), Layout.NCHW);
        Random random = new Random(3);
        for (int i = 0; i < picture.data().length; i++) {
            picture.data()[i] = random.nextFloat();
        }
        return Experiment.run(settings, picture, inventory, inventory.devices(), told::add);
    }
}
