package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.Op;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.engine.Engines.Inventory;
import dev.sepconv.engine.Engines.Missing;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is taken where nothing is asked for, and why. */
class BestEngineTest {

    private static final Device SIMD = device("simd", "simd", "cpu");
    private static final Device PLAIN = device("plain", "plain", "cpu");
    private static final Device JAVA = device("java", "java", "cpu");
    private static final Device CPU = device("tornado", "opencl:0:1", "cpu");
    private static final Device GPU = device("tornado", "opencl:0:0", "gpu");
    private static final Device FPGA = device("tornado", "opencl:1:0", "accelerator");

    private static final Missing NO_SIMD = new Missing("simd",
            "start Java with --add-modules jdk.incubator.vector");
    private static final Missing NO_JAVA = new Missing("java", "add tornado-api");
    private static final Missing NO_TORNADO = new Missing("tornado", "install TornadoVM's SDK");

    private static Device device(String engine, String id, String kind) {
        return new Device(engine, id, id, "", kind, 1);
    }

    private record Fake(String name, List<Device> devices) implements Engine {
        @Override
        public Plan compile(Op.Convolve layer, Shape input, Layout layout, Device device,
                Fusion fusion) {
            throw new UnsupportedOperationException();
        }
    }

    private static Engine of(Device... devices) {
        return new Fake(devices[0].engine(), List.of(devices));
    }

    private static void best(Device expected, String reason, Inventory inventory) {
        assertEquals(expected, inventory.devices().getFirst());
        assertEquals(reason, inventory.reason());
    }

    private static Inventory here(List<Missing> missing, Engine... engines) {
        return new Inventory(List.of(engines), missing);
    }

    @Test
    void anAcceleratorIsTheBest() {
        best(GPU, "the best there is, an accelerator",
                here(List.of(), of(GPU, CPU), of(SIMD), of(PLAIN), of(JAVA)));
        best(FPGA, "the best there is, an accelerator",
                here(List.of(NO_SIMD), of(FPGA, CPU), of(PLAIN), of(JAVA)));
    }

    @Test
    void withoutOneItIsSimdAndNotTheSameCpuByWayOfTornado() {
        Inventory inventory = here(List.of(), of(CPU), of(SIMD), of(PLAIN), of(JAVA));
        best(SIMD,
                "no accelerator, and TornadoVM's opencl:0:1 is this CPU too, which `sepconv tune` has not measured beside simd",
                inventory);
        assertEquals(List.of(SIMD, CPU, PLAIN, JAVA), inventory.devices());
        assertEquals(List.of(SIMD, CPU, JAVA), inventory.devicesToCompare());
    }

    @Test
    void aCpuDeviceThatTuneMeasuredToBeFasterThanSimdIsTaken() {
        List<Engine> engines = List.of(of(CPU), of(SIMD), of(PLAIN), of(JAVA));
        Inventory faster = new Inventory(engines, List.of(), Map.of(CPU, 0.75));
        best(CPU, "`sepconv tune` measured it to take 0.75 times as long as simd", faster);
        assertEquals(List.of(CPU, SIMD, PLAIN, JAVA), faster.devices());
        best(SIMD,
                "no accelerator, and TornadoVM's opencl:0:1 is this CPU too, which `sepconv tune` measured to take 1.73 times as long",
                new Inventory(engines, List.of(), Map.of(CPU, 1.73)));
        best(GPU, "the best there is, an accelerator",
                new Inventory(List.of(of(GPU, CPU), of(SIMD)), List.of(), Map.of(CPU, 0.75)));
    }

    @Test
    void allThatIsMissingIsNamedTheCheapestFirst() {
        best(SIMD, "no tornado (install TornadoVM's SDK)",
                here(List.of(NO_JAVA, NO_TORNADO), of(SIMD), of(PLAIN)));
        best(PLAIN,
                "no simd (start Java with --add-modules jdk.incubator.vector); no tornado (install TornadoVM's SDK)",
                here(List.of(NO_SIMD, NO_JAVA, NO_TORNADO), of(PLAIN)));
        best(CPU, "no simd (start Java with --add-modules jdk.incubator.vector)",
                here(List.of(NO_SIMD), of(CPU), of(PLAIN), of(JAVA)));
    }

    /** It is there to say what the kernels mean: one thread. */
    @Test
    void javaIsNeverTakenByItself() {
        best(PLAIN,
                "no simd (start Java with --add-modules jdk.incubator.vector); no tornado (install TornadoVM's SDK)",
                here(List.of(NO_SIMD, NO_TORNADO), of(PLAIN), of(JAVA)));
        assertEquals(List.of(PLAIN, JAVA),
                here(List.of(NO_SIMD), of(PLAIN), of(JAVA)).devicesToCompare());
    }
}
