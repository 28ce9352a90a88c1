package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ArrayPictureTest {

    private static Tensor grey() {
        Tensor grey = Tensor.zeros(Shape.of(3, 8, 12), Layout.NCHW);
        Arrays.fill(grey.data(), 0.5f);
        return grey;
    }

    private static final int GREY = 0x808080;

    private static int at(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) & 0xffffff;
    }

    @Test
    void heatIsOrangeWhereTheMapIsGreat() {
        Tensor map = Tensor.of(Shape.of(1, 2, 2), Layout.NCHW, 0, 1, 0, 1);
        BufferedImage image = ArrayPicture.over(grey(), map);
        assertEquals(12, image.getWidth());
        assertEquals(8, image.getHeight());
        assertEquals(GREY, at(image, 0, 0));
        int red = at(image, 11, 7) >> 16;
        int blue = at(image, 11, 7) & 255;
        assertTrue(red > 180 && blue < 60, red + " " + blue);
    }

    @Test
    void theGreatestChannelColoursAndTheFirstDoesNot() {
        // [3 channels, 1 row, 3 columns]: each its own class
        float[] scores = {5, 1, 1, 1, 5, 1, 1, 1, 5};
        BufferedImage first = ArrayPicture.over(grey(),
                Tensor.of(Shape.of(3, 1, 3), Layout.NCHW, scores));
        assertEquals(GREY, at(first, 0, 0));
        assertNotEquals(GREY, at(first, 6, 4));
        assertNotEquals(at(first, 6, 4), at(first, 11, 4));
        // the same as [1, H, W, C] of 9 by 9 pixels and 2 channels
        float[] last = new float[9 * 9 * 2];
        for (int i = 0; i < 81; i++) {
            last[2 * i + (i % 9 < 4 ? 0 : 1)] = 1;
        }
        BufferedImage image = ArrayPicture.over(grey(),
                Tensor.of(Shape.of(9, 9, 2), Layout.NCHW, last));
        assertEquals(GREY, at(image, 0, 4));
        assertNotEquals(GREY, at(image, 11, 4));
    }

    @Test
    void whatIsAMap() {
        assertTrue(ArrayPicture.isMap(Dims.of(1, 1, 20, 30)));
        assertTrue(ArrayPicture.isMap(Dims.of(1, 200, 300, 21)));
        assertFalse(ArrayPicture.isMap(Dims.of(1, 1000, 1, 1)));
        assertFalse(ArrayPicture.isMap(Dims.of(1, 2, 1, 1)));
        assertFalse(ArrayPicture.isMap(Dims.of(2, 1, 20, 30)));
        assertFalse(ArrayPicture.isMap(Dims.of(20, 30)));
        assertFalse(ArrayPicture.isMap(Dims.of(1, 100, 20, 100)));
    }
}
