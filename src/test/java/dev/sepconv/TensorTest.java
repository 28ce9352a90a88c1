package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TensorTest {

    @Test
    void nchwToNhwcByHand() {
        Tensor nchw = Tensor.of(new Shape(2, 2, 1, 3), Layout.NCHW, 1, 2, 3, 10, 20, 30, 4, 5, 6,
                40, 50, 60);
        Tensor nhwc = nchw.to(Layout.NHWC);
        assertArrayEquals(new float[]{1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60}, nhwc.data());
        assertEquals(nchw.shape(), nhwc.shape());
        assertEquals(Layout.NHWC, nhwc.layout());
    }

    @Test
    void thereAndBackIsTheSame() {
        Shape shape = new Shape(3, 5, 7, 11);
        for (Layout layout : Layout.values()) {
            Layout other = layout == Layout.NCHW ? Layout.NHWC : Layout.NCHW;
            Tensor tensor = Tensor.zeros(shape, layout);
            for (int i = 0; i < tensor.data().length; i++) {
                tensor.data()[i] = i;
            }
            Tensor converted = tensor.to(other);
            assertNotSame(tensor.data(), converted.data());
            assertArrayEquals(tensor.data(), converted.to(layout).data());
            for (int n = 0; n < 3; n++) {
                for (int c = 0; c < 5; c++) {
                    for (int h = 0; h < 7; h++) {
                        for (int w = 0; w < 11; w++) {
                            assertEquals(tensor.get(n, c, h, w), converted.get(n, c, h, w));
                        }
                    }
                }
            }
        }
    }

    @Test
    void itsOwnLayoutIsItself() {
        Tensor tensor = Tensor.zeros(Shape.of(2, 3, 5), Layout.NHWC);
        assertSame(tensor, tensor.to(Layout.NHWC));
    }

    @Test
    void getAndSetAddressByMeaningNotByPlace() {
        for (Layout layout : Layout.values()) {
            Tensor tensor = Tensor.zeros(new Shape(2, 3, 5, 7), layout);
            tensor.set(1, 2, 3, 4, 42);
            assertEquals(42, tensor.get(1, 2, 3, 4));
            assertEquals(42,
                    tensor.data()[layout == Layout.NCHW
                            ? ((1 * 3 + 2) * 5 + 3) * 7 + 4
                            : ((1 * 5 + 3) * 7 + 4) * 3 + 2]);
        }
    }

    @Test
    void anIndexOutsideOfATensorIsRefused() {
        for (Layout layout : Layout.values()) {
            Tensor tensor = Tensor.zeros(new Shape(2, 3, 5, 8), layout);
            outside("image is 2; [2, 3, 5, 8] has 2, counted from 0", () -> tensor.get(2, 0, 0, 0));
            outside("channel is -1; [2, 3, 5, 8] has 3, counted from 0",
                    () -> tensor.get(0, -1, 0, 0));
            outside("row is 5; [2, 3, 5, 8] has 5, counted from 0",
                    () -> tensor.set(0, 0, 5, 0, 1));
            // within the array: it would be the next row's first
            outside("column is 8; [2, 3, 5, 8] has 8, counted from 0",
                    () -> tensor.get(0, 0, 0, 8));
            outside("column is 8; [2, 3, 5, 8] has 8, counted from 0",
                    () -> tensor.set(0, 0, 0, 8, 1));
            outside("column is -1; [2, 3, 5, 8] has 8, counted from 0",
                    () -> tensor.shape().index(layout, 1, 0, 0, -1));
        }
    }

    @Test
    void aDimensionThatAnArrayHasNotIsRefused() {
        Dims dims = Dims.of(4, 7);
        outside("dimension is 2; [4, 7] has 2, counted from 0", () -> dims.get(2));
        outside("dimension is -1; [4, 7] has 2, counted from 0", () -> dims.with(-1, 5));
        outside("dimension is 0; [] has 0, counted from 0", () -> Dims.of().get(0));
        outside("dimensions are 0 to 3; of [4, 7] they must be from 0 to 2, the first no more than the second",
                () -> dims.product(0, 3));
        outside("dimensions are 2 to 1; of [4, 7] they must be from 0 to 2, the first no more than the second",
                () -> dims.product(2, 1));
        assertEquals(1, dims.product(2, 2));
    }

    private static void outside(String sentence, Executable action) {
        assertEquals(sentence, assertThrows(IndexOutOfBoundsException.class, action).getMessage());
    }

    @Test
    void dataIsNotCopied() {
        float[] data = {1, 2};
        assertSame(data, Tensor.of(Shape.of(2, 1, 1), Layout.NCHW, data).data());
        assertEquals("Tensor[1, 2, 1, 1] NCHW",
                Tensor.of(Shape.of(2, 1, 1), Layout.NCHW, data).toString());
    }

    /** Positions and limits count and stay; the array is a copy. */
    @Test
    void buffersAreCopiedBothWays() {
        FloatBuffer buffer = ByteBuffer.allocateDirect(40).order(ByteOrder.BIG_ENDIAN)
                .asFloatBuffer().put(new float[]{9, 1, 2, 3, 4, 5, 6, 9, 9, 9}).position(1)
                .limit(7);
        Tensor tensor = Tensor.of(Shape.of(1, 2, 3), Layout.NCHW, buffer);
        NdArray array = NdArray.of(Dims.of(3, 2), buffer);
        assertEquals(1, buffer.position());
        buffer.put(1, 77);
        float[] numbers = {1, 2, 3, 4, 5, 6};
        assertArrayEquals(numbers, tensor.data());
        assertArrayEquals(numbers, array.data());
        FloatBuffer target = FloatBuffer.allocate(8).position(2);
        tensor.copyTo(target);
        assertEquals(2, target.position());
        assertArrayEquals(new float[]{0, 0, 1, 2, 3, 4, 5, 6}, target.array());
        array.data()[0] = 8;
        array.copyTo(target);
        assertEquals(8, target.get(2));
        assertEquals("data has 6 floats; shape [1, 1, 2, 2] needs 4",
                assertThrows(IllegalArgumentException.class,
                        () -> Tensor.of(Shape.of(1, 2, 2), Layout.NCHW, buffer)).getMessage());
        assertEquals("target has room for 7 floats; NdArray[3, 2] needs 6",
                assertThrows(IllegalArgumentException.class,
                        () -> array.copyTo(FloatBuffer.allocate(7))).getMessage());
    }

    @Test
    void memoryIsCopiedBothWays() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment odd = arena.allocate(25).asSlice(1);
            NdArray.of(Dims.of(6), 1, 2, 3, 4, Float.NaN, 6).copyTo(odd);
            Tensor tensor = Tensor.of(Shape.of(1, 2, 3), Layout.NHWC, odd);
            assertEquals(Layout.NHWC, tensor.layout());
            float[] numbers = {1, 2, 3, 4, Float.NaN, 6};
            assertArrayEquals(numbers, tensor.data());
            MemorySegment heap = MemorySegment.ofArray(new float[6]);
            tensor.copyTo(heap);
            assertArrayEquals(numbers, NdArray.of(Dims.of(2, 3), heap).data());
            assertEquals("data has 24 bytes; array [5] needs 20, 4 for each float",
                    assertThrows(IllegalArgumentException.class, () -> NdArray.of(Dims.of(5), odd))
                            .getMessage());
            MemorySegment small = arena.allocate(23);
            assertEquals("target has 23 bytes; Tensor[1, 1, 2, 3] NHWC needs 24, 4 for each float",
                    assertThrows(IllegalArgumentException.class, () -> tensor.copyTo(small))
                            .getMessage());
            assertEquals(0, small.get(ValueLayout.JAVA_BYTE, 0));
        }
    }
}
