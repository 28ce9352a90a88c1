package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Conv2d;
import dev.sepconv.Device;
import dev.sepconv.Layer;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.SeparableConv2d;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What plans leave behind when they are closed. */
@Tag("device")
class ClosedPlansTest {

    private static final List<Layer> LAYERS = List.of(SeparableConv2d.mobilenet(16, 32, 3, 1),
            Conv2d.of(16, 32, 3), Conv2d.pointwise(16, 32), Conv2d.depthwise(16, 1, 3));
    private static final Shape INPUT = Shape.of(16, 14, 14);

    /** Without {@link Sketches} each of a fused kernel kept 600 kB. */
    @Test
    void plansThatAreClosedKeepNoMemory() throws Exception {
        ChildJava.Result result = ChildJava.of(Cycles.class).withTornado().run();
        assertEquals(0, result.exit(), result.err());
        long kept = Long.parseLong(result.out().lines().toList().getLast());
        assertTrue(kept < 4_000_000, "72 plans that are closed keep %d bytes".formatted(kept));
    }

    static final class Cycles {

        private Cycles() {
        }

        public static void main(String[] args) {
            try (TornadoEngine engine = TornadoEngine.open()) {
                long before = 0;
                for (int i = 0; i < 80; i++) {
                    if (i == 8) {
                        before = usedHeap();
                    }
                    compile(engine, LAYERS.get(i % LAYERS.size()), i).close();
                }
                System.out.println(usedHeap() - before);
            }
        }

        private static long usedHeap() {
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        }
    }

    /** TornadoVM's interpreter looks into its cache of kernels at each run. */
    @Test
    void openPlansRunWhateverIsCompiledAndClosedAfterThem() {
        Tensor input = Tensor.zeros(INPUT, Layout.NCHW);
        for (int i = 0; i < input.data().length; i++) {
            input.data()[i] = i % 13 - 6;
        }
        try (TornadoEngine engine = TornadoEngine.openCopying()) {
            for (Layer layer : LAYERS) {
                try (Plan open = compile(engine, layer, 1)) {
                    float[] before = open.run(input).data();
                    for (Layer other : LAYERS) {
                        compile(engine, other, 2).close();
                        assertArrayEquals(before, open.run(input).data());
                    }
                }
            }
        }
    }

    private static Plan compile(TornadoEngine engine, Layer layer, int seed) {
        Device device = engine.devices().getFirst();
        return engine.compile(layer.withRandomWeights(new Random(seed)), INPUT, Layout.NCHW,
                device);
    }
}
