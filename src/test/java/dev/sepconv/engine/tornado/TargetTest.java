package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.DefaultClasses;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.conv.Kernel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

    /** Tuning would try them on drivers that crash, or every one ends in an error. */
    @ParameterizedTest
    @ValueSource(strings = {"spirv", "cuda", "ptx"})
    void backendsWithoutVectorsOf16HaveNoVectorKernelWhateverItsBody(String backend) {
        assertEquals(List.of(),
                Catalogue.all().stream()
                        .filter(kernel -> kernel.order() == Kernel.Order.NHWC_VECTORS
                                && Target.compiles(kernel, backend))
                        .map(Kernel::name).toList());
    }

    @Test
    void openclHasAll() {
        assertEquals(List.of(), Catalogue.all().stream()
                .filter(kernel -> !Target.compiles(kernel, "opencl")).map(Kernel::name).toList());
    }

    /** A default that a device's backend can't compile would leave layers without a kernel. */
    @ParameterizedTest
    @ValueSource(strings = {"cuda", "ptx"})
    void nvidiasBackendsCompileEveryDefaultOfGpus(String backend) {
        assertEquals(List.of(),
                Catalogue.all().stream()
                        .filter(kernel -> DefaultClasses.of(kernel).contains(DeviceClass.GPU)
                                && !Target.compiles(kernel, backend))
                        .map(Kernel::name).toList());
    }
}
