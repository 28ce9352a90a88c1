package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Device;
import dev.sepconv.engine.tornado.DevicePeak.Peak;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On the real runtime. */
@Tag("device")
class DevicePeakTest {

    private static TornadoEngine engine;
    private static Device device;

    @BeforeAll
    static void open() {
        engine = TornadoEngine.open();
        device = engine.devices().getFirst();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    /** A simulator takes hours for all of them. */
    @Test
    void aSlowDeviceIsSparedAllButAHundredthOfTheSteps() {
        Peak trial = DevicePeak.peak(device, 0);
        Peak whole = DevicePeak.peak(device, Long.MAX_VALUE);
        assertEquals(whole.steps(), trial.steps() * 100);
        assertTrue(trial.gflops() > 0, trial::toString);
        assertTrue(whole.gflops() > 0 && Double.isFinite(whole.gflops()), whole::toString);
    }

    @Test
    void aFastDeviceTakesThemAll() {
        assertTrue(DevicePeak.gflops(device) > 0);
        assertEquals(DevicePeak.peak(device, Long.MAX_VALUE).steps(),
                DevicePeak.peak(device, 2_000_000_000L).steps());
    }
}
