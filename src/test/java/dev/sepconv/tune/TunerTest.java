package dev.sepconv.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Conv2d;
import dev.sepconv.Device;
import dev.sepconv.Layout;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.engine.lower.Geometries;
import dev.sepconv.engine.lower.Kernels;
import dev.sepconv.engine.tornado.TornadoEngine;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.Kernel.Variant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class TunerTest {

    private static final Subject SEPARABLE = new Subject("a block",
            SeparableConv2d.mobilenet(17, 19, 3, 1), Shape.of(17, 13, 11), Layout.NHWC);

    @Test
    void convolutionsOfEqualSizesAreOne() {
        Subject again = new Subject("the same", SeparableConv2d.keras(17, 19, 3, 1),
                Shape.of(17, 13, 11), Layout.NHWC);
        Subject other = new Subject("nchw", SeparableConv2d.keras(17, 19, 3, 1),
                Shape.of(17, 13, 11), Layout.NCHW);
        List<Subject> convolutions = Subject.convolutions(List.of(SEPARABLE, again, other));
        assertEquals(List.of("depthwise 17 to 17 channels 3x3 on 13x11",
                "depthwise 17 to 17 channels 3x3 on 13x11, then pointwise 17 to 19 channels 1x1 on 13x11",
                "pointwise 17 to 19 channels 1x1 on 13x11"),
                convolutions.stream().limit(3).map(Subject::name).toList());
        assertEquals(List.of(Layout.NHWC, Layout.NHWC, Layout.NHWC, Layout.NCHW, Layout.NCHW,
                Layout.NCHW), convolutions.stream().map(Subject::layout).toList());
    }

    @Test
    @Tag("device")
    void theFastestKernelsOfABlockAreFound() {
        try (Tuner tuner = Tuner.open(null, 2)) {
            for (Subject convolution : Subject.convolutions(List.of(SEPARABLE))) {
                Tuned tuned = tuner.convolution(convolution, what -> {
                });
                List<Geometry> stages = Geometries.of(convolution.layer(), convolution.input(),
                        convolution.layout());
                Variant variant = stages.size() == 2
                        ? Variant.SEPARABLE
                        : stages.getFirst().isPointwise() ? Variant.POINTWISE : Variant.DEPTHWISE;
                // those that are made for it; the general one with local memory would fill up 63 of
                // 64 channels of a depthwise one
                List<List<String>> expected = Catalogue.candidates(stages).stream()
                        .filter(kernel -> kernel.variant() == variant)
                        .map(kernel -> List.of(kernel.name())).toList();
                assertEquals(expected, tuned.trials().stream().map(Trial::kernels).toList());
                tuned.trials().forEach(trial -> assertInstanceOf(Trial.Measured.class,
                        trial.outcome(), trial.toString()));
            }
            Tuned block = tuner.layer(SEPARABLE, what -> {
            });
            assertTrue(block.trial(block.winner()).time().isPresent()
                    && block.trial(block.byDefault()).time().isPresent());
            assertEquals(3, tuner.measurements().times().size());
        }
    }

    /** Fast, and wrong but for its first number. */
    static void wrong(FloatArray input, FloatArray weight, FloatArray bias, FloatArray output,
            IntArray geometry, int planes, int outHeight, int outWidth, int activation,
            float slope) {
        for (@Parallel int plane = 0; plane < planes; plane++) {
            output.set(plane, bias.get(0));
        }
    }

    /** A device can't do that. */
    static void uncompilable(FloatArray input, FloatArray weight, FloatArray bias,
            FloatArray output, IntArray geometry, int planes, int outHeight, int outWidth,
            int activation, float slope) {
        for (@Parallel int plane = 0; plane < planes; plane++) {
            output.set(plane, Thread.currentThread().getName().length());
        }
    }

    private static List<Kernel> kernel(String name, Kernel.Plain body) {
        return List.of(new Kernel(name, Kernel.Variant.STANDARD, Kernel.Order.NCHW, "",
                Kernel.Tiling.NONE, true, TunerTest.class, name, body));
    }

    @Test
    @Tag("device")
    void whatIsWrongOrDoesNotCompileCannotWin() {
        Subject subject = new Subject("a convolution", Conv2d.of(3, 5, 3), Shape.of(3, 9, 7),
                Layout.NCHW);
        List<Kernel> right = Kernels.plain(subject.layer(), subject.input(), subject.layout());
        List<List<Kernel>> ways = List.of(kernel("wrong", new Kernel.Plain(TunerTest::wrong)),
                right, kernel("uncompilable", new Kernel.Plain(TunerTest::uncompilable)));
        try (TornadoEngine engine = TornadoEngine.open()) {
            Device device = engine.devices().getFirst();
            KernelRace race = new KernelRace(subject, 2);
            List<Trial> trials = race.run(ways,
                    kernels -> engine.compile(race.network(), device, kernels), what -> {
                    });
            assertTrue(
                    trials.get(0).outcome() instanceof Trial.Refused refused && refused.reason()
                            .startsWith("wrong: it differs from the float64 reference by "),
                    trials.toString());
            assertInstanceOf(Trial.Measured.class, trials.get(1).outcome());
            assertTrue(
                    trials.get(2).outcome() instanceof Trial.Refused refused && refused.reason()
                            .startsWith("can't compile network 'layer' (uncompilable) for device "),
                    trials.toString());
            assertEquals(List.of(List.of("wrong"), List.of(right.getFirst().name()),
                    List.of("uncompilable")), trials.stream().map(Trial::kernels).toList());
        }
    }
}
