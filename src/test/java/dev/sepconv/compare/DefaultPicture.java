package dev.sepconv.compare;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Paints the picture that {@code sepconv compare} takes when none is named: a lighthouse by the
 * sea, with straight and slanted edges, stripes, bricks, ripples, letters, noise and soft
 * gradients. Only arithmetic, so it comes out the same everywhere. Run {@link #main} with the file
 * to write.
 */
final class DefaultPicture {

    static final int WIDTH = 320;
    static final int HEIGHT = 240;

    private static final int HORIZON = 138;

    /** Each pixel is the mean of this many by this many samples. */
    private static final int SAMPLES = 4;

    /** "SEPCONV", seven rows of seven letters, five columns each. */
    private static final String[] LETTERS = {".####|#####|####.|.####|.###.|#...#|#...#",
            "#....|#....|#...#|#....|#...#|##..#|#...#",
            "#....|#....|#...#|#....|#...#|#.#.#|#...#",
            ".###.|####.|####.|#....|#...#|#.#.#|#...#",
            "....#|#....|#....|#....|#...#|#..##|.#.#.",
            "....#|#....|#....|#....|#...#|#...#|.#.#.",
            "####.|#####|#....|.####|.###.|#...#|..#.."};

    private DefaultPicture() {
    }

    public static void main(String[] args) throws IOException {
        ImageIO.write(paint(), "png", Path.of(args[0]).toFile());
    }

    static BufferedImage paint() {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                double[] sum = new double[3];
                for (int i = 0; i < SAMPLES * SAMPLES; i++) {
                    double[] colour = scene(x + (i % SAMPLES + 0.5) / SAMPLES,
                            y + (i / SAMPLES + 0.5) / SAMPLES);
                    for (int c = 0; c < 3; c++) {
                        sum[c] += Math.clamp(colour[c], 0, 255);
                    }
                }
                int pixel = 0;
                for (double value : sum) {
                    pixel = pixel << 8 | (int) Math.round(value / (SAMPLES * SAMPLES));
                }
                image.setRGB(x, y, pixel);
            }
        }
        return image;
    }

    private static double[] scene(double x, double y) {
        double[] colour = y < HORIZON ? sky(x, y) : sea(x, y);
        colour = boat(x, y, colour);
        colour = ground(x, y, colour);
        colour = house(x, y, colour);
        colour = lighthouse(x, y, colour);
        colour = fence(x, y, colour);
        return sign(x, y, colour);
    }

    private static double[] sky(double x, double y) {
        double[] colour = mix(rgb(66, 124, 196), rgb(250, 214, 176), y / HORIZON);
        double sun = StrictMath.hypot(x - 252, y - 58);
        colour = mix(colour, rgb(255, 244, 214), StrictMath.exp(-sun * sun / 2500) * 0.8);
        if (sun < 19) {
            colour = rgb(255, 250, 226);
        }
        double cloud = blob(x, y, 160, 38, 34, 9) + blob(x, y, 186, 44, 30, 7)
                + blob(x, y, 138, 45, 22, 6) + blob(x, y, 28, 66, 30, 8) + blob(x, y, 8, 60, 22, 8)
                + 0.8 * blob(x, y, 292, 102, 40, 5);
        return mix(colour, rgb(255, 255, 255), Math.min(1, cloud) * 0.85);
    }

    private static double blob(double x, double y, double cx, double cy, double rx, double ry) {
        double dx = (x - cx) / rx;
        double dy = (y - cy) / ry;
        return StrictMath.exp(-(dx * dx + dy * dy));
    }

    private static double[] sea(double x, double y) {
        double depth = (y - HORIZON) / (HEIGHT - HORIZON);
        double[] colour = mix(rgb(120, 168, 190), rgb(22, 70, 112), Math.min(1, depth * 1.5));
        double waves = StrictMath.sin(60 * StrictMath.sqrt(depth + 0.01)
                + 0.7 * StrictMath.sin(x * 0.09 + 40 * depth) + 0.4 * StrictMath.sin(x * 0.23));
        double glitter = StrictMath.exp(-StrictMath.pow((x - 252) / (14 + 60 * depth), 2));
        return lighter(colour, 16 * waves + 70 * glitter * Math.max(0, waves));
    }

    private static double[] boat(double x, double y, double[] behind) {
        if (y > 152 && y < 160 && x > 202 + (y - 152) * 0.8 && x < 240 - (y - 152) * 0.8) {
            return y < 154 ? rgb(236, 226, 206) : rgb(96, 48, 34);
        }
        if (y > 112 && y < 150 && x < 219 && x > 219 - (y - 112) * 0.4) {
            return rgb(244, 240, 230);
        }
        if (y > 106 && y < 150 && x > 222 && x < 222 + (y - 106) * 0.4) {
            return rgb(216, 92, 60);
        }
        return y > 104 && y < 153 && Math.abs(x - 220.5) < 0.8 ? rgb(70, 52, 42) : behind;
    }

    private static double shore(double x) {
        return 186 + 8 * StrictMath.sin(x * 0.018 + 0.6) + 12 * x / WIDTH;
    }

    private static double[] ground(double x, double y, double[] behind) {
        double below = y - shore(x);
        if (below < 0) {
            return behind;
        }
        double[] colour = below < 4
                ? rgb(206, 186, 140)
                : mix(rgb(96, 134, 60), rgb(52, 88, 40), below / 55);
        return lighter(colour, 44 * (noise((int) x, (int) (y / 2)) - 0.5));
    }

    private static double[] house(double x, double y, double[] behind) {
        double roof = (y - 142) * 1.7;
        if (y > 142 && y < 166 && Math.abs(x - 154) < roof + 2 && Math.abs(x - 154) < 42) {
            boolean joint = (y - 142) % 5 < 1;
            return lighter(rgb(92, 62, 66), joint ? -30 : 6 * StrictMath.sin(x * 1.3));
        }
        if (x < 118 || x > 190 || y < 166 || y > 208) {
            return behind;
        }
        if (x > 146 && x < 162 && y > 182) {
            return Math.abs(x - 154) < 0.6 || y < 184 ? rgb(40, 52, 44) : rgb(66, 104, 84);
        }
        for (double left : new double[]{124, 168}) {
            if (x > left && x < left + 16 && y > 174 && y < 192) {
                boolean frame = x < left + 2 || x > left + 14 || y < 176 || y > 190
                        || Math.abs(x - left - 8) < 1 || Math.abs(y - 183) < 1;
                return frame
                        ? rgb(244, 244, 238)
                        : mix(rgb(255, 224, 140), rgb(120, 110, 96), (y - 174) / 18);
            }
        }
        int row = (int) ((y - 166) / 4);
        double along = x - 118 + (row % 2) * 5;
        boolean mortar = (y - 166) % 4 < 0.8 || along % 10 < 0.8;
        return mortar
                ? rgb(206, 192, 176)
                : lighter(rgb(168, 84, 62), 36 * (noise((int) (along / 10), row) - 0.5));
    }

    private static double[] lighthouse(double x, double y, double[] behind) {
        double off = x - 72;
        if (y > 34 && y < 50 && Math.abs(off) < (y - 34) * 0.85) {
            return lighter(rgb(176, 40, 38), -3 * off);
        }
        if (Math.abs(off) < 0.8 && y > 24 && y <= 36) {
            return rgb(60, 60, 66);
        }
        if (y >= 50 && y < 68 && Math.abs(off) < 11) {
            boolean bar = (off + 11) % 5.5 < 1.2 || y < 51.5;
            return bar
                    ? rgb(48, 50, 58)
                    : mix(rgb(255, 246, 190), rgb(255, 206, 96), Math.abs(off) / 11);
        }
        if (y >= 62 && y < 74 && Math.abs(off) < 19) {
            boolean rail = y > 71 || y < 63.2 || (off + 19) % 4 < 1;
            return rail ? rgb(44, 46, 54) : behind;
        }
        double half = 12 + (y - 74) * 0.085;
        if (y < 74 || y > 204 || Math.abs(off) > half) {
            return behind;
        }
        double round = off / half;
        double shade = 0.62
                + 0.38 * StrictMath.sqrt(Math.max(0, 1 - (round - 0.35) * (round - 0.35)));
        boolean door = y > 182 && Math.abs(off) < 5;
        boolean window = Math.abs(off + 1) < 2.6 && (y - 92) % 44 > 0 && (y - 92) % 44 < 9;
        double[] colour = door || window
                ? rgb(50, 44, 52)
                : (int) ((y - 74) / 21.7) % 2 == 0 ? rgb(240, 236, 228) : rgb(204, 50, 44);
        return new double[]{colour[0] * shade, colour[1] * shade, colour[2] * shade};
    }

    private static double[] fence(double x, double y, double[] behind) {
        if (x < 4 || x > 112) {
            return behind;
        }
        double along = (x - 4) % 9;
        double top = 209 + Math.abs(along - 2.5) * 1.4;
        boolean picket = along < 5 && y > top && y < 234;
        boolean rail = y > 215 && y < 217.5 || y > 226 && y < 228.5;
        if (picket) {
            return along > 4 ? rgb(170, 172, 176) : rgb(246, 246, 244);
        }
        return rail ? rgb(206, 206, 204) : behind;
    }

    private static double[] sign(double x, double y, double[] behind) {
        boolean post = y > 206 && y < 238 && (Math.abs(x - 216) < 2 || Math.abs(x - 304) < 2);
        if (x < 208 || x > 312 || y < 196 || y > 224) {
            return post ? rgb(84, 58, 40) : behind;
        }
        if (x < 210 || x > 310 || y < 198 || y > 222) {
            return rgb(84, 58, 40);
        }
        int column = (int) StrictMath.floor((x - 219) / 2);
        int row = (int) StrictMath.floor((y - 203) / 2);
        boolean ink = row >= 0 && row < 7 && column >= 0 && column < LETTERS[0].length()
                && LETTERS[row].charAt(column) == '#';
        return ink
                ? rgb(30, 44, 66)
                : lighter(rgb(238, 222, 186),
                        8 * StrictMath.sin(y * 1.9 + StrictMath.sin(x * 0.11)));
    }

    /** Even in [0, 1), the same for the same place (an integer hash after Wang). */
    private static double noise(int x, int y) {
        int h = x * 374761393 + y * 668265263;
        h = (h ^ h >>> 13) * 1274126177;
        return ((h ^ h >>> 16) & 0xffff) / 65536.0;
    }

    private static double[] rgb(double red, double green, double blue) {
        return new double[]{red, green, blue};
    }

    private static double[] mix(double[] from, double[] to, double part) {
        double t = Math.clamp(part, 0, 1);
        return new double[]{from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1]),
                from[2] + t * (to[2] - from[2])};
    }

    private static double[] lighter(double[] colour, double by) {
        return new double[]{colour[0] + by, colour[1] + by, colour[2] + by};
    }
}
