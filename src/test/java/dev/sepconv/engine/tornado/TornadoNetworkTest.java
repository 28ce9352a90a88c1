package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertAll;

import dev.sepconv.Device;
import dev.sepconv.NetworkCases;
import dev.sepconv.NetworkTester;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks on the real runtime, TornadoVM's fallback to Java off. */
@Tag("device")
class TornadoNetworkTest {

    private static final long FIRST_SEED = 9000;

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

    static LongStream seeds() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + 3);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyOperationAgreesWithTheReference(long seed) {
        assertAll(new NetworkCases(seed).operations(1).stream()
                .flatMap(given -> Stream.<Executable>of(() -> NetworkTester.check(given, engine, device),
                        () -> NetworkTester.check(NetworkTester.afterConvolutions(given), engine, device))));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void smallGraphsAgreeWithTheReference(long seed) {
        assertAll(new NetworkCases(seed).graphs(1).stream().map(given -> () -> NetworkTester.check(given, engine, device)));
    }
}
