package dev.sepconv.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Device;
import dev.sepconv.Fusion;
import dev.sepconv.Shape;
import dev.sepconv.compare.Saving.Kind;
import dev.sepconv.compare.Saving.Reason;
import dev.sepconv.measure.Timing;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Reasons from times that were made up: each has the numbers by which it can be checked. 128
 * channels of 56x56.
 */
class SavingTest {

    private static final Device DEVICE = new Device("simd", "simd", "CPU", "vector-api", "cpu", 1);
    private static final Shape MAPS = Shape.of(128, 56, 56);
    private static final List<Variant> VARIANTS = LayerVariants.of(128, List.of(2, 8), 42);
    private static final Limits LIMITS = new Limits(160.0, null, 20.0, 0.01);

    private final List<Run> runs = new ArrayList<>();

    private Run run(String name, Fusion fusion, double millis, boolean steady,
            Integer... winograd) {
        return run(name, fusion, new double[]{millis}, steady, winograd);
    }

    private Run run(String name, Fusion fusion, double[] millis, boolean steady,
            Integer... winograd) {
        Variant variant = VARIANTS.stream().filter(v -> v.name().equals(name)).findFirst()
                .orElseThrow();
        Run run = new Run(variant, DEVICE, MAPS, fusion, new Run.Measured(Timing.of(millis, 1),
                steady, new Reference.Difference(0, 0), List.of(winograd)));
        runs.add(run);
        return run;
    }

    private Run run(String name, double millis, Integer... winograd) {
        return run(name, Fusion.AUTO, millis, true, winograd);
    }

    private Saving saving(Run run) {
        return Saving.of(run, runs, LIMITS).orElseThrow();
    }

    private static List<Kind> kinds(Saving saving) {
        return saving.reasons().stream().map(Reason::kind).toList();
    }

    @Test
    void aSavingThatArrivesNeedsNoReason() {
        assertTrue(Saving.of(run("standard", 8), runs, LIMITS).isEmpty(), "it replaces nothing");
        Saving saving = saving(run("grouped-2", 4.2));
        assertEquals(new Saving("standard", 2, 8 / 4.2, 4 / 4.2, true, true, List.of()), saving);
        assertFalse(saving.slower());
    }

    @Test
    void winogradExplainsAFactorOfTwoAndAQuarter() {
        run("standard", 8, 0);
        Saving saving = saving(run("separable-mobilenet", 8 / (8.409 / 2.25)));
        assertEquals(8.409, saving.fewer(), 1e-3);
        assertEquals(List.of(Kind.WINOGRAD), kinds(saving), "nothing else is left to explain");
        assertEquals(
                "standard runs by Winograd's minimal filtering, F(2×2, 3×3), which multiplies 16 times where 36 are counted: of the "
                        + "8.41 times fewer multiply-adds 3.74 are left.",
                saving.reasons().getFirst().sentence());
        assertEquals(List.of(), kinds(saving(run("grouped-2", 4, 0))), "it runs so too");
    }

    @Test
    void whatIsSlowerAlthoughItsStepsAreWinogradsIsSaidToo() {
        run("standard-5x5", 20);
        Saving more = saving(run("stacked-3x3", 8, 0, 1));
        assertEquals(List.of(Kind.WINOGRAD), kinds(more));
        assertTrue(more.arrives() > 1.5 && more.reasons().getFirst().sentence()
                .startsWith("Its 3×3 steps run by Winograd's"));
    }

    @Test
    void memoryIsAReasonAsFarAsACopyGoes() {
        run("standard", 8);
        // 3.2 MB in 0.2 ms are 16 GB/s, of 20 that a copy reaches
        Run depthwise = run("depthwise", 0.2);
        Saving saving = saving(depthwise);
        assertEquals(List.of(Kind.MEMORY, Kind.FEW_CHANNELS), kinds(saving));
        assertEquals(depthwise.cost().bytesRead() + depthwise.cost().bytesWritten(),
                depthwise.bytesMoved());
        assertEquals(
                "It moves 3.22 MB in 0.200 ms, 16.1 GB/s; a copy of large arrays reaches 20.0 here. It has 2.25 floating-point "
                        + "operations for each byte, standard has 243.",
                saving.reasons().getFirst().sentence());
        assertEquals(
                "Each filter reads one channel, so it does 9 multiply-adds for each number that it writes, standard does 1,152; it "
                        + "reaches 36.1 GFLOP/s, standard 116.",
                saving.reasons().getLast().sentence());
    }

    @Test
    void launchingIsAReasonFromATenthOfTheTimeOn() {
        run("standard", 8);
        Run pointwise = run("pointwise", 1.2);
        assertEquals(List.of(Kind.LAUNCH),
                Saving.of(pointwise, runs, new Limits(null, null, null, 0.3)).orElseThrow()
                        .reasons().stream().map(Reason::kind).toList());
        assertEquals(
                "A run with nothing to do, one pixel of one channel, takes 0.300 ms here: 25 % of these 1.20 ms are launching.",
                Saving.of(pointwise, runs, new Limits(null, null, null, 0.3)).orElseThrow()
                        .reasons().getFirst().sentence());
    }

    @Test
    void theDepthwiseStepsOwnRowShowsWhatItTakesOfAChain() {
        run("standard", 8);
        run("depthwise", 0.9);
        Saving saving = saving(run("separable-mobilenet", Fusion.FUSED, 2, true));
        assertEquals(List.of(Kind.FEW_CHANNELS), kinds(saving));
        assertEquals(
                "Its step depthwise has 7 % of its multiply-adds, but alone takes 0.900 ms, as long as 45 % of these 2.00 ms: each "
                        + "filter reads one channel, so it does 9 multiply-adds for each number that it writes; standard does 1,152.",
                saving.reasons().getFirst().sentence());
    }

    @Test
    void whatNothingExplainsIsTheKernel() {
        run("standard", 8);
        Saving saving = saving(run("pointwise", 4));
        assertEquals(List.of(Kind.KERNEL), kinds(saving));
        assertEquals(
                "Neither memory nor launching explains it: its kernel reaches 25.7 GFLOP/s, that of standard 116 (16 % and 72 % of "
                        + "the 160 that multiply-adds on registers alone reach).",
                saving.reasons().getFirst().sentence());
        Saving slower = saving(run("grouped-2", 9));
        assertTrue(slower.slower());
        assertEquals(List.of(Kind.KERNEL), kinds(slower));
        assertTrue(Saving.of(runs.getLast(), runs, new Limits(160.0, "pointwise", 20.0, 0.01))
                .orElseThrow().reasons().getFirst().sentence()
                .endsWith(" of the 160 that pointwise reaches)."));
    }

    @Test
    void whereTheQuartilesOverlapNeitherIsSlower() {
        run("standard", Fusion.AUTO, new double[]{6, 8, 9}, true);
        Saving overlapping = saving(run("grouped-2", Fusion.AUTO, new double[]{8, 9, 10}, true));
        assertEquals(8.0 / 9, overlapping.faster(), 1e-12);
        assertFalse(overlapping.slower());
        assertTrue(overlapping.asLong());
        Saving apart = saving(run("grouped-8", Fusion.AUTO, new double[]{9, 9, 10}, true));
        assertTrue(apart.slower());
        assertFalse(apart.asLong());
    }

    @Test
    void oneOfTheTwoIsEnoughToBeUnsteady() {
        run("standard", Fusion.AUTO, 8, false);
        assertFalse(saving(run("pointwise", 4)).steady());
        runs.clear();
        run("standard", 8);
        assertFalse(saving(run("pointwise", Fusion.AUTO, 4, false)).steady());
        assertTrue(saving(run("depthwise", 4)).steady());
    }

    @Test
    void thePeakIsNeverBelowWhatAConvolutionReached() {
        // 925 GFLOP/s as they are counted, but by Winograd's minimal filtering
        run("standard", 1, 0);
        Run grouped = run("grouped-2", 2); // 231 GFLOP/s
        run("pointwise", 2);
        Limits limits = LIMITS.atLeast(runs);
        assertEquals("grouped-2", limits.reachedBy());
        assertEquals(grouped.gflops(((Run.Measured) grouped.outcome()).timing()), limits.gflops());
        assertEquals(new Limits(300.0, null, 20.0, 0.01),
                new Limits(300.0, null, 20.0, 0.01).atLeast(runs));
        assertEquals(Limits.UNKNOWN, Limits.UNKNOWN.atLeast(runs));
        Limits again = new Limits(1e-3, null, 20.0, 0.01).again(DEVICE);
        assertTrue(again.gflops() > 1, "a further turn counts if it reaches more");
        assertEquals(1e9, new Limits(1e9, null, 20.0, 0.01).again(DEVICE).gflops(),
                "and if not it doesn't");
    }

    @Test
    void timesThatNeverGotSteadySaySo() {
        run("standard", 8);
        Saving saving = saving(run("pointwise", Fusion.AUTO, 4, false));
        assertEquals(List.of(Kind.UNSTEADY, Kind.KERNEL), kinds(saving));
    }

    @Test
    void aFusedChainMovesNoIntermediate() {
        Run separate = run("separable-keras", Fusion.SEPARATE, 2, true);
        Run fused = run("separable-keras", Fusion.FUSED, 2, true);
        assertEquals(2L * 4 * 128 * 56 * 56, separate.bytesMoved() - fused.bytesMoved());
        assertEquals("separable-keras, two tasks", separate.label());
        assertEquals("separable-keras, fused", fused.label());
    }
}
