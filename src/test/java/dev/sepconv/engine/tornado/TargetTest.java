package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.conv.Kernel;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetTest {

    /** Tuning would try them on drivers that crash. */
    @Test
    void spirvHasNoVectorKernelWhateverItsBody() {
        assertEquals(List.of(), Catalogue.all().stream()
                .filter(kernel -> kernel.layout() == Kernel.Order.NHWC_VECTORS && kernel.inSpirv())
                .map(Kernel::name).toList());
    }
}
