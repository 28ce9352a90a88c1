package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
}
