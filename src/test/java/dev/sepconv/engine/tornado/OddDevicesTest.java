package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sepconv.EngineException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** Drivers whose devices TornadoVM can't describe: Oclgrind's is of several types at once. */
class OddDevicesTest {

    private static final String NAME = "Oclgrind Simulator";

    @Test
    void aDeviceThatTornadoVmCanNotDescribeIsNamed() {
        TornadoRuntime runtime = fake(TornadoRuntime.class, 1, true);
        assertEquals(
                "TornadoVM can't use any device that its backend %s finds: '%s' (%s); %s".formatted(
                        NAME, NAME, "RuntimeException: Device not supported",
                        "use another device or engine"),
                assertThrows(EngineException.class, () -> Target.all(runtime)).getMessage());
    }

    @Test
    void theOthersAreUsed() {
        List<Target> targets = Target.all(fake(TornadoRuntime.class, 3, true));
        assertEquals(List.of("opencl:0:0", "opencl:0:2"),
                targets.stream().map(target -> target.device().id()).toList());
    }

    /**
     * A runtime of one backend, and all that it gives; each second device has no type.
     *
     * @param odd whether a device of it has none
     */
    private static <T> T fake(Class<T> type, int devices, boolean odd) {
        return type.cast(Proxy.newProxyInstance(OddDevicesTest.class.getClassLoader(),
                new Class<?>[]{type}, (self, method, arguments) -> {
                    Class<?> result = method.getReturnType();
                    return switch (method.getName()) {
                        case "getNumBackends" -> 1;
                        case "getNumDevices" -> devices;
                        case "getDevice" ->
                            fake(result, devices, devices == 1 || (int) arguments[0] % 2 == 1);
                        case "getTornadoVMBackend" -> TornadoVMBackendType.OPENCL;
                        case "getDeviceType" -> {
                            if (odd) {
                                throw new RuntimeException("Device not supported");
                            }
                            yield TornadoDeviceType.GPU;
                        }
                        default -> result == String.class || result == Object.class
                                ? NAME
                                : result == int.class
                                        ? (Object) 1
                                        : result == long.class
                                                ? (Object) (1L << 30)
                                                : result.isInterface()
                                                        ? fake(result, devices, odd)
                                                        : null;
                    };
                }));
    }
}
