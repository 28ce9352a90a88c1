package dev.sepconv.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.kernel.conv.Kernel;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.DirectMethodHandleDesc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link KernelLintTest} asks of the catalogue, asked of the kernels of other operations. */
class OperationKernelTest {

    @ParameterizedTest
    @MethodSource
    void everyOneIsClean(OperationKernel kernel) {
        assertEquals(List.of(), KernelLint.check(kernel.owner(), kernel.method()));
    }

    static List<OperationKernel> everyOneIsClean() {
        return OperationKernel.all();
    }

    @ParameterizedTest
    @MethodSource("everyOneIsClean")
    void everyOnesBoundedLoopsAreParallel(OperationKernel kernel) {
        int loops = switch (kernel.body()) {
            case OperationKernel.Plain plain -> 3;
            case OperationKernel.Groups groups -> 0; // they have a KernelContext
            default -> 2;
        };
        assertEquals(loops, KernelLint.parallelLoops(kernel.owner(), kernel.method()));
    }

    /**
     * The lint reads {@code owner.method}; what runs is {@code body}. They must be the same method.
     */
    @Test
    void everyOnesBodyIsTheMethodThatItNames() {
        List<String> bodies = new ArrayList<>();
        for (MethodModel method : ClassFile.of()
                .parse(KernelLint.classFile(OperationKernel.class.getName())).methods()) {
            for (var element : method.code().map(CodeModel::elementList).orElse(List.of())) {
                if (element instanceof InvokeDynamicInstruction call
                        && call.name().equalsString("apply")
                        && call.bootstrapArgs().get(1) instanceof DirectMethodHandleDesc body) {
                    bodies.add(body.owner().displayName() + "." + body.methodName());
                }
            }
        }
        assertEquals(OperationKernel.all().stream()
                .map(kernel -> kernel.owner().getSimpleName() + "." + kernel.method()).toList(),
                bodies);
    }

    @Test
    void everyOneHasANameOfItsOwnThatSaysHowItsOutputLies() {
        assertEquals(OperationKernel.all().size(),
                OperationKernel.all().stream().map(OperationKernel::name).distinct().count());
        for (OperationKernel kernel : OperationKernel.all()) {
            assertTrue(kernel.name().matches("[a-z]+(Nchw|Nhwc)F32(_[a-z0-9]+)?"), kernel.name());
            assertEquals(kernel.order() == Kernel.Order.NHWC_VECTORS,
                    kernel.name().contains("Nhwc"), kernel.name());
        }
    }
}
