package dev.sepconv.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.Dims;
import dev.sepconv.Layout;
import dev.sepconv.NdArray;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.io.Images;
import dev.sepconv.io.Resampling;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PreparationTest {

    private static BufferedImage noise(int width, int height) {
        Random random = new Random(5);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt(1 << 24));
        }
        return image;
    }

    /** Every channel is the column's number, over 255. */
    private static Tensor columns(int height, int width) {
        Tensor rgb = Tensor.zeros(Shape.of(3, height, width), Layout.NCHW);
        for (int i = 0; i < rgb.data().length; i++) {
            rgb.data()[i] = i % width / 255f;
        }
        return rgb;
    }

    private static float[] row(Tensor tensor, int y) {
        float[] row = new float[tensor.shape().w()];
        for (int x = 0; x < row.length; x++) {
            row[x] = tensor.get(0, 0, y, x);
        }
        return row;
    }

    /**
     * (s * full - mean) / std, mean and std in the order in which channels go in, in every layout.
     */
    @Test
    void samplesAreScaledThenMeanThenStd() {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0xff8000);
        float[] rgb = {1, 128 / 255f, 0};
        Preparation one = new Preparation(InputSize.of(1, 1), Fit.STRETCH, 1, 0, Channels.BGR, 255,
                Preparation.PLAIN.withMean(10, 20, 30).mean(),
                Preparation.PLAIN.withStd(2, 4, 8).std(), Layout.NHWC);
        assertArrayEquals(new float[]{-10 / 2f, (128 - 20) / 4f, (255 - 30) / 8f},
                one.toTensor(image).data(), 1e-4f);
        assertArrayEquals(rgb, Preparation.PLAIN.withSize(1, 1).toTensor(image).data(), 1e-6f);
        Tensor grey = Preparation.PLAIN.withSize(1, 1).withChannels(Channels.GREY).withMean(0.5f)
                .toTensor(image);
        assertEquals(Shape.of(1, 1, 1), grey.shape());
        assertEquals(0.299f + 0.587f * rgb[1] - 0.5f, grey.data()[0], 1e-6f);
    }

    @Test
    void filesBytesAndPicturesGiveTheSame(@TempDir Path folder) throws IOException {
        byte[] png = Images.png(noise(13, 7));
        Path file = Files.write(folder.resolve("a.png"), png);
        Preparation preparation = Preparation.IMAGENET;
        float[] wanted = preparation.toTensor(noise(13, 7)).data();
        assertArrayEquals(wanted, preparation.toTensor(file).data());
        assertArrayEquals(wanted, preparation.toTensor(png).data());
        assertArrayEquals(wanted, preparation.toArray(png).data());
        assertEquals(Shape.of(3, 224, 224), preparation.toTensor(png).shape());
    }

    /** What comes back shows what went in. */
    @ParameterizedTest
    @EnumSource
    void aTensorBecomesItsPictureAgain(Channels channels) {
        BufferedImage image = noise(9, 5);
        Preparation preparation = Preparation.PLAIN.withSize(5, 9).withChannels(channels)
                .withFull(255)
                .withMean(channels == Channels.GREY ? new float[]{127} : new float[]{100, 110, 120})
                .withStd(50).withLayout(Layout.NHWC);
        Tensor tensor = preparation.toTensor(image);
        BufferedImage back = preparation.toImage(tensor);
        for (int i = 0; i < 45; i++) {
            int rgb = image.getRGB(i % 9, i / 9);
            if (channels != Channels.GREY) {
                assertEquals(rgb & 0xffffff, back.getRGB(i % 9, i / 9) & 0xffffff);
            } else {
                double luma = 0.299 * (rgb >> 16 & 255) + 0.587 * (rgb >> 8 & 255)
                        + 0.114 * (rgb & 255);
                assertEquals(luma, back.getRaster().getSample(i % 9, i / 9, 0), 0.51);
            }
        }
        assertThrows(IllegalArgumentException.class,
                () -> preparation.toImage(Tensor.zeros(Shape.of(2, 5, 9), Layout.NCHW)));
    }

    @Test
    void aNetworksInputSaysSizeLayoutAndChannels() {
        NdArray array = Preparation.PLAIN.forInput(Dims.of(1, 4, 6, 3)).toArray(noise(6, 4));
        assertEquals(Dims.of(1, 4, 6, 3), array.dims());
        int first = noise(6, 4).getRGB(0, 0);
        assertEquals((first >> 8 & 255) / 255f, array.data()[1], 1e-6f);
        assertEquals(Channels.BGR, Preparation.PLAIN.withChannels(Channels.BGR)
                .forInput(Dims.of(1, 3, 8, 8)).channels());
        assertEquals(Channels.GREY, Preparation.PLAIN.forInput(Dims.of(1, 1, 8, 8)).channels());
        String said = assertThrows(IllegalArgumentException.class,
                () -> Preparation.IMAGENET.forInput(Dims.of(1, 1, 8, 8))).getMessage();
        assertEquals("mean is [0.485, 0.456, 0.406]; it must have one number", said);
        said = assertThrows(IllegalArgumentException.class,
                () -> Preparation.PLAIN.forInput(Dims.of(1, 5, 8, 8))).getMessage();
        assertEquals(
                "input is [1, 5, 8, 8]; a picture is [1, C, H, W] or [1, H, W, C] with C 1 or 3",
                said);
    }

    @Test
    void whatDoesNotFitIsPaddedCroppedOrStretched() {
        Tensor wide = columns(2, 8);
        Preparation square = Preparation.PLAIN.withSize(4, 4).withFull(255).withPadding(1);
        assertArrayEquals(new float[]{255, 255, 255, 255},
                row(square.withFit(Fit.PAD).toTensor(wide), 0), 1e-3f);
        float[] halved = row(Preparation.PLAIN.withSize(1, 4).withFull(255).toTensor(wide), 0);
        assertArrayEquals(halved, row(square.withFit(Fit.PAD).toTensor(wide), 1), 1e-3f);
        assertArrayEquals(new float[]{255, 255, 255, 255},
                row(square.withFit(Fit.PAD).toTensor(wide), 2), 1e-3f);
        assertArrayEquals(halved, row(square.withFit(Fit.PAD_END).toTensor(wide), 0), 1e-3f);
        assertArrayEquals(new float[]{255, 255, 255, 255},
                row(square.withFit(Fit.PAD_END).toTensor(wide), 1), 1e-3f);
        assertArrayEquals(halved, row(square.toTensor(wide), 3), 1e-3f);
        // twice as high, so 16 columns, of which the middle four
        assertArrayEquals(new float[]{2.75f, 3.25f, 3.75f, 4.25f},
                row(square.withFit(Fit.CROP).toTensor(wide), 0), 1e-3f);
        // of 8 columns at height 2, the middle four
        assertArrayEquals(new float[]{2, 3, 4, 5},
                row(Preparation.PLAIN.withSize(2, 4).withFull(255).withFit(Fit.CROP).toTensor(wide),
                        0),
                1e-3f);
        // a line of text: full height, the rest padding; squeezed where it is too long
        assertArrayEquals(new float[]{0, 1, 2, 3, 4, 5, 6, 7, 255, 255},
                row(square.withSize(2, 10).withFit(Fit.LINE).toTensor(wide), 1), 1e-3f);
        assertArrayEquals(halved, row(square.withSize(2, 4).withFit(Fit.LINE).toTensor(wide), 1),
                1e-3f);
    }

    /**
     * torchvision 0.x: Resize(256) of 300x500 gives 256x426 (down from 426.67), CenterCrop(224)
     * begins at row 16, column 101.
     */
    @Test
    void theImagenetCropBeginsWhereTorchvisionsDoes() {
        Tensor picture = columns(300, 500);
        Tensor cropped = Preparation.PLAIN.withFull(255).withSize(224, 224).withFit(Fit.CROP)
                .withCrop(224 / 256f).toTensor(picture);
        Tensor resized = Resampling.resize(picture, 256, 426);
        for (int x = 0; x < 224; x++) {
            assertEquals(resized.get(0, 0, 16, 101 + x) * 255, cropped.get(0, 0, 0, x), 1e-3f);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1, 32, 0, 100, 70, 128, 96", "0, 0, 1, 32, 960, 1920, 1000, 960, 512",
            "0, 0, 1, 32, 960, 31, 5, 32, 32", "48, 0, 1, 1, 0, 96, 500, 48, 250",
            "48, 0, 320, 8, 0, 96, 500, 48, 320", "48, 0, 320, 8, 0, 48, 1001, 48, 1008",
            "48, 192, 1, 1, 0, 7, 7, 48, 192"})
    void openSizesFollowThePicture(int height, int width, int minWidth, int multiple, int maxSide,
            int pictureHeight, int pictureWidth, int wantedHeight, int wantedWidth) {
        InputSize size = new InputSize(height, width, minWidth, multiple, maxSide);
        assertEquals(InputSize.of(wantedHeight, wantedWidth),
                size.resolve(pictureHeight, pictureWidth));
    }

    @Test
    void numbersThatMakeNoSenseAreRefused() {
        for (Runnable wrong : new Runnable[]{() -> Preparation.PLAIN.withCrop(0),
                () -> Preparation.PLAIN.withPadding(2), () -> Preparation.PLAIN.withFull(0),
                () -> Preparation.PLAIN.withStd(0), () -> Preparation.PLAIN.withMean(1, 2),
                () -> Preparation.PLAIN.withMean(Float.NaN), () -> Preparation.PLAIN.withSize(0, 5),
                () -> new InputSize(0, 5, 1, 1, 0),
                () -> Preparation.PLAIN.toTensor(Tensor.zeros(Shape.of(1, 2, 2), Layout.NCHW))}) {
            String said = assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
            assertTrue(said.matches("[a-z]+ is .*(must|give).*"), said);
        }
    }

    /** Raw bytes give the tensor of the same picture, whatever their order; back is the picture. */
    @Test
    void rawPixelsAreTheSamePicture() {
        BufferedImage image = noise(5, 3);
        for (Layout layout : Layout.values()) {
            Preparation preparation = Preparation.PLAIN.withSize(3, 5).withChannels(Channels.BGR)
                    .withMean(1, 2, 3).withStd(4, 5, 6).withLayout(layout);
            Tensor expected = preparation.toTensor(image);
            ByteBuffer rgb = ByteBuffer.allocateDirect(1 + 45).position(1);
            ByteBuffer bgr = ByteBuffer.allocate(45);
            for (int i = 0; i < 15; i++) {
                int pixel = image.getRGB(i % 5, i / 5);
                for (int c = 0; c < 3; c++) {
                    rgb.put(1 + 3 * i + c, (byte) (pixel >> 16 - 8 * c));
                    bgr.put(3 * i + 2 - c, (byte) (pixel >> 16 - 8 * c));
                }
            }
            assertArrayEquals(expected.data(),
                    preparation.toTensor(rgb, 3, 5, Channels.RGB).data());
            assertEquals(1, rgb.position());
            NdArray array = preparation.toArray(bgr, 3, 5, Channels.BGR);
            assertArrayEquals(expected.data(), array.data());
            BufferedImage back = preparation.toImage(array);
            for (int i = 0; i < 15; i++) {
                assertEquals(image.getRGB(i % 5, i / 5), back.getRGB(i % 5, i / 5));
            }
        }
        ByteBuffer grey = ByteBuffer.wrap(new byte[]{0, 51, -1});
        assertArrayEquals(new float[]{0, 0.2f, 1}, Preparation.PLAIN.withChannels(Channels.GREY)
                .withSize(1, 3).toTensor(grey, 1, 3, Channels.GREY).data(), 1e-6f);
        assertEquals("pixels has 3 bytes; 1x3 of RGB needs 9",
                assertThrows(IllegalArgumentException.class,
                        () -> Preparation.PLAIN.toTensor(grey, 1, 3, Channels.RGB)).getMessage());
        assertEquals("height is 0; it must be at least 1",
                assertThrows(IllegalArgumentException.class,
                        () -> Preparation.PLAIN.toTensor(grey, 0, 3, Channels.RGB)).getMessage());
    }
}
