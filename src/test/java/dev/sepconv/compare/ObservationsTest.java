package dev.sepconv.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Device;
import dev.sepconv.Fusion;
import dev.sepconv.Shape;
import dev.sepconv.measure.Timing;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said of times that were made up. */
class ObservationsTest {

    private static final Device DEVICE = new Device("simd", "simd", "CPU", "vector-api", "cpu", 1);
    private static final List<Variant> VARIANTS = Variants.of(Settings.DEFAULT);

    private final List<Run> runs = new ArrayList<>();

    private void run(String name, double... millis) {
        Variant variant = VARIANTS.stream().filter(v -> v.name().equals(name)).findFirst()
                .orElseThrow();
        runs.add(new Run(variant, DEVICE, Shape.of(3, 240, 320), Fusion.AUTO, new Run.Measured(
                Timing.of(millis, 1), true, new Reference.Difference(0, 0), List.of())));
    }

    @Test
    void longerIsSaidOnlyWhereTheQuartilesLieApart() {
        run("standard", 1.0, 1.2, 1.4);
        run("separable-xception", 1.2, 1.35, 1.5);
        String because = " the standard convolution for all its fewer multiply-adds: a picture has three channels,";
        assertTrue(
                Observations.slower(runs).orElseThrow()
                        .startsWith("On simd separable-xception takes about as long as" + because),
                Observations.slower(runs).orElseThrow());
        run("separable-mobilenet", 2.0, 2.1, 2.2);
        run("separable-keras", 2.0, 2.1, 2.2);
        assertTrue(Observations.slower(runs).orElseThrow().startsWith(
                "On simd separable-mobilenet, separable-keras take longer than, and separable-xception about as long as,"
                        + because),
                Observations.slower(runs).orElseThrow());
    }

    @Test
    void whatIsFasterNeedsNoWord() {
        run("standard", 1.0, 1.2, 1.4);
        run("separable-xception", 0.5, 0.6, 0.7);
        assertEquals(Optional.empty(), Observations.slower(runs));
    }
}
