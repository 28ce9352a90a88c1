package dev.sepconv.io;

import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferInt;
import java.awt.image.Raster;

/** Java's pictures as tensors and back, and the way up that a picture is shown. */
public final class Rasters {

    /** A sample of 0 to 255 as one from 0 to 1. */
    static final float[] SAMPLES = new float[256];

    static {
        for (int i = 0; i < SAMPLES.length; i++) {
            SAMPLES[i] = i / 255f;
        }
    }

    private Rasters() {
    }

    /**
     * A picture as a tensor {@code [1, 3, h, w]}, NCHW, red, green, blue from 0 to 1, as
     * {@link Images#read} makes it: grey and palettes are spread out, transparency is laid on
     * white.
     */
    public static Tensor toTensor(BufferedImage image) {
        return shrink(toRgb(image), Integer.MAX_VALUE);
    }

    /**
     * The picture of a tensor whose values run from 0 to 1; those outside are cut.
     *
     * @param picture {@code [1, 3, h, w]} of red, green and blue, or {@code [1, 1, h, w]} of grey
     */
    public static BufferedImage toImage(Tensor picture) {
        Shape shape = picture.shape();
        boolean grey = shape.c() == 1;
        BufferedImage image = new BufferedImage(shape.w(), shape.h(),
                grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < shape.h(); y++) {
            for (int x = 0; x < shape.w(); x++) {
                for (int c = 0; c < shape.c(); c++) {
                    // bands by number, not setRGB: Java2D would take grey for linear light
                    image.getRaster().setSample(x, y, c,
                            Math.round(255 * Math.clamp(picture.get(0, c, y, x), 0f, 1f)));
                }
            }
        }
        return image;
    }

    static BufferedImage toRgb(BufferedImage image) {
        BufferedImage rgb = new BufferedImage(image.getWidth(), image.getHeight(),
                BufferedImage.TYPE_INT_RGB);
        ColorModel model = image.getColorModel();
        if (model instanceof ComponentColorModel
                && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY) {
            spreadGrey(image, rgb);
            return rgb;
        }
        Graphics2D graphics = rgb.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, rgb.getWidth(), rgb.getHeight());
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        return rgb;
    }

    /**
     * Java2D takes grey for linear light and would brighten it; the samples of a grey file are sRGB
     * as those of a colour file.
     */
    private static void spreadGrey(BufferedImage image, BufferedImage rgb) {
        Raster raster = image.getRaster();
        int type = raster.getTransferType();
        boolean real = type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE;
        double full = real ? 1 : (1L << image.getColorModel().getComponentSize(0)) - 1;
        boolean alpha = image.getColorModel().hasAlpha();
        boolean premultiplied = image.isAlphaPremultiplied();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                double grey = raster.getSampleDouble(x, y, 0) / full;
                if (alpha) {
                    double opaque = raster.getSampleDouble(x, y, 1) / full;
                    grey = (premultiplied ? grey : grey * opaque) + 1 - opaque;
                }
                int level = (int) Math.round(255 * Math.clamp(grey, 0, 1));
                rgb.setRGB(x, y, level << 16 | level << 8 | level);
            }
        }
    }

    static Tensor shrink(BufferedImage rgb, int maxSide) {
        return Resampling.shrink(((DataBufferInt) rgb.getRaster().getDataBuffer()).getData(),
                rgb.getHeight(), rgb.getWidth(), maxSide);
    }

    /** The samples of packed pixels, each as it is. */
    static Tensor samples(int[] pixels, int height, int width) {
        Tensor picture = Tensor.zeros(Shape.of(3, height, width), Layout.NCHW);
        float[] data = picture.data();
        int count = height * width;
        for (int i = 0; i < count; i++) {
            int pixel = pixels[i];
            data[i] = SAMPLES[pixel >> 16 & 255];
            data[count + i] = SAMPLES[pixel >> 8 & 255];
            data[2 * count + i] = SAMPLES[pixel & 255];
        }
        return picture;
    }

    /**
     * Turns and mirrors a stored picture so that it is shown as EXIF's orientation says (CIPA
     * DC-008, tag 274).
     */
    static Tensor upright(Tensor stored, int orientation) {
        if (orientation == 1) {
            return stored;
        }
        Shape shape = stored.shape();
        boolean turned = orientation > 4;
        int height = turned ? shape.w() : shape.h();
        int width = turned ? shape.h() : shape.w();
        Tensor shown = Tensor.zeros(Shape.of(shape.c(), height, width), Layout.NCHW);
        for (int c = 0; c < shape.c(); c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int row = switch (orientation) {
                        case 2 -> y;
                        case 3, 4 -> height - 1 - y;
                        case 5, 8 -> x;
                        default -> width - 1 - x;
                    };
                    int column = switch (orientation) {
                        case 2, 3 -> width - 1 - x;
                        case 4 -> x;
                        case 5, 6 -> y;
                        default -> height - 1 - y;
                    };
                    shown.set(0, c, y, x, stored.get(0, c, row, column));
                }
            }
        }
        return shown;
    }

    /**
     * Whether its pixels are three bytes each, of sRGB and side by side, as most decoders leave
     * photographs.
     */
    static boolean isBytes(BufferedImage image) {
        return image.getType() == BufferedImage.TYPE_3BYTE_BGR
                && image.getColorModel().getColorSpace().isCS_sRGB()
                && image.getRaster().getParent() == null
                && ((DataBufferByte) image.getRaster().getDataBuffer()).getData().length == 3L
                        * image.getWidth() * image.getHeight();
    }

    /** The same numbers as of {@link #toRgb}, without that copy. */
    static Tensor samples(BufferedImage bytes) {
        byte[] pixels = ((DataBufferByte) bytes.getRaster().getDataBuffer()).getData();
        int[] offsets = ((ComponentSampleModel) bytes.getSampleModel()).getBandOffsets();
        Tensor picture = Tensor.zeros(Shape.of(3, bytes.getHeight(), bytes.getWidth()),
                Layout.NCHW);
        float[] data = picture.data();
        int count = data.length / 3;
        for (int c = 0; c < 3; c++) {
            int at = offsets[c];
            for (int i = 0; i < count; i++) {
                data[c * count + i] = SAMPLES[pixels[3 * i + at] & 255];
            }
        }
        return picture;
    }
}
