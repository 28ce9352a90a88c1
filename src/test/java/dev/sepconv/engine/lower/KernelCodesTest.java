package dev.sepconv.engine.lower;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sepconv.Activation;
import dev.sepconv.Op;
import java.util.Arrays;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** That each number means what its name says is for the contracts of engines to show. */
class KernelCodesTest {

    @Test
    void noTwoFunctionsHaveTheSameNumber() {
        distinct(Activation.Kind.values(), kind -> KernelCodes.of(new Activation(kind, 0)));
        distinct(Op.Elementwise.Function.values(), KernelCodes::of);
        distinct(Op.Binary.Kind.values(), KernelCodes::of);
        distinct(Op.Reduce.Kind.values(), KernelCodes::of);
        distinct(Op.Pool.Kind.values(), KernelCodes::of);
        distinct(Op.Pad.Mode.values(), KernelCodes::of);
    }

    private static <E> void distinct(E[] all, ToIntFunction<E> code) {
        assertEquals(all.length, Arrays.stream(all).mapToInt(code).distinct().count(),
                Arrays.toString(all));
    }
}
