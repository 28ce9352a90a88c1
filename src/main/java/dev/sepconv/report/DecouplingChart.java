package dev.sepconv.report;

import dev.sepconv.decouple.Decoupling;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * What a decoupled convolution gains and loses: above, the error for every number of terms, beside
 * that of random weights of the same shape; below, what so many terms cost relative to the standard
 * convolution, with parameters and multiply-adds.
 */
public final class DecouplingChart {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 620;
    /** Pixels a unit, for sharp text. */
    private static final int SCALE = 2;

    private static final int LEFT = 70;
    private static final int RIGHT = WIDTH - 30;
    private static final int ERRORS_TOP = 92;
    private static final int ERRORS_BOTTOM = 320;
    private static final int COSTS_TOP = 392;
    private static final int COSTS_BOTTOM = 548;

    private static final Color INK = new Color(0x1b1f24);
    private static final Color SOFT = new Color(0x59626c);
    private static final Color LINE = new Color(0xd9dcd8);
    private static final Color CHEAPER = new Color(0x0b57a4);
    private static final Color DEARER = new Color(0xb3261e);
    private static final Color RANDOM = new Color(0x8a6d1a);
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font SMALL = PLAIN.deriveFont(11f);
    private static final Font BOLD = PLAIN.deriveFont(Font.BOLD, 16f);
    private static final BasicStroke THIN = new BasicStroke(1);
    private static final BasicStroke THICK = new BasicStroke(2.2f);
    private static final BasicStroke DASHED = new BasicStroke(1.6f, BasicStroke.CAP_BUTT,
            BasicStroke.JOIN_ROUND, 1, new float[]{6, 4}, 0);

    /** Numbers of terms stand this far apart at least if each is to be labelled. */
    private static final int LABEL_WIDTH = 74;

    /**
     * One number of terms.
     *
     * @param parameters weights and biases
     * @param multiplyAdds null where the input's size is not known
     */
    public record Option(int terms, double error, double randomError, long parameters,
            Long multiplyAdds) {
    }

    private final Graphics2D graphics;
    private final List<Option> options;
    private final double step;

    private DecouplingChart(Graphics2D graphics, List<Option> options) {
        this.graphics = graphics;
        this.options = options;
        this.step = (double) (RIGHT - LEFT) / options.size();
    }

    /**
     * Draws it.
     *
     * @param layer what the convolution is, for the heading
     * @param options for 1 to {@link Decoupling#maxTerms()} terms, in order
     * @param standardParameters what the standard convolution has
     * @param standardMultiplyAdds null where the input's size is not known
     * @param chosen the terms to be marked; null for none
     */
    public static BufferedImage draw(String layer, List<Option> options, long standardParameters,
            Long standardMultiplyAdds, Integer chosen) {
        BufferedImage image = new BufferedImage(WIDTH * SCALE, HEIGHT * SCALE,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.scale(SCALE, SCALE);
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING,
                    RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING,
                    RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS,
                    RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, WIDTH, HEIGHT);
            DecouplingChart chart = new DecouplingChart(graphics, options);
            chart.heading(layer, standardParameters, standardMultiplyAdds);
            chart.mark(chosen);
            chart.errors();
            chart.costs(standardParameters, standardMultiplyAdds != null);
        } finally {
            graphics.dispose();
        }
        return image;
    }

    private void heading(String layer, long parameters, Long multiplyAdds) {
        text(layer, LEFT, 32, BOLD, INK);
        text("standard: %s parameters%s".formatted(Numbers.large(parameters),
                multiplyAdds == null
                        ? ""
                        : ", %s multiply-adds".formatted(Numbers.large(multiplyAdds))),
                LEFT, 52, PLAIN, SOFT);
    }

    private double x(int terms) {
        return LEFT + (terms - 0.5) * step;
    }

    private void mark(Integer chosen) {
        if (chosen != null) {
            graphics.setColor(new Color(0xeef3f9));
            double left = x(chosen) - step / 2;
            graphics.fill(
                    new Rectangle2D.Double(left, ERRORS_TOP, step, ERRORS_BOTTOM - ERRORS_TOP));
            graphics.fill(new Rectangle2D.Double(left, COSTS_TOP, step, COSTS_BOTTOM - COSTS_TOP));
        }
    }

    private void errors() {
        text("Error of the weights (Frobenius norm, relative)", LEFT, ERRORS_TOP - 14, PLAIN, INK);
        for (int percent = 0; percent <= 100; percent += 20) {
            double y = errorY(percent / 100.0);
            line(LEFT, y, RIGHT, y, LINE, THIN);
            textRight(percent + " %", LEFT - 8, y + 4, SMALL, SOFT);
        }
        curve(Option::randomError, RANDOM, DASHED);
        curve(Option::error, CHEAPER, THICK);
        for (Option option : options) {
            graphics.setColor(CHEAPER);
            graphics.fill(dot(x(option.terms()), errorY(option.error())));
            if (labelled(option)) {
                // below the curve, where the random one is not
                textCentred("%.1f %%".formatted(100 * option.error()), x(option.terms()),
                        errorY(option.error()) + 20, SMALL, CHEAPER);
            }
        }
        double legend = RIGHT - 250;
        line(legend, ERRORS_TOP - 19, legend + 28, ERRORS_TOP - 19, CHEAPER, THICK);
        text("this layer", legend + 34, ERRORS_TOP - 14, PLAIN, INK);
        line(legend + 112, ERRORS_TOP - 19, legend + 140, ERRORS_TOP - 19, RANDOM, DASHED);
        text("random weights", legend + 146, ERRORS_TOP - 14, PLAIN, INK);
    }

    private static double errorY(double error) {
        return ERRORS_BOTTOM - error * (ERRORS_BOTTOM - ERRORS_TOP);
    }

    private void curve(java.util.function.ToDoubleFunction<Option> error, Color colour,
            BasicStroke stroke) {
        Path2D path = new Path2D.Double();
        for (Option option : options) {
            if (option.terms() == 1) {
                path.moveTo(x(1), errorY(error.applyAsDouble(option)));
            } else {
                path.lineTo(x(option.terms()), errorY(error.applyAsDouble(option)));
            }
        }
        graphics.setColor(colour);
        graphics.setStroke(stroke);
        graphics.draw(path);
    }

    private void costs(long standard, boolean sized) {
        text("Cost relative to the standard convolution (parameters%s)".formatted(
                sized ? ", below them multiply-adds" : ""), LEFT, COSTS_TOP - 14, PLAIN, INK);
        double most = Math.max(1, (double) options.getLast().parameters() / standard) * 1.08;
        for (double ratio : new double[]{0, 0.5, 1}) {
            double y = costY(ratio, most);
            line(LEFT, y, RIGHT, y, ratio == 1 ? INK : LINE, THIN);
            textRight(Numbers.round(ratio), LEFT - 8, y + 4, SMALL, SOFT);
        }
        for (Option option : options) {
            double ratio = (double) option.parameters() / standard;
            double top = costY(ratio, most);
            graphics.setColor(ratio < 1 ? CHEAPER : DEARER);
            graphics.fill(new Rectangle2D.Double(x(option.terms()) - step * 0.3, top, step * 0.6,
                    COSTS_BOTTOM - top));
            if (labelled(option)) {
                textCentred(Integer.toString(option.terms()), x(option.terms()), COSTS_BOTTOM + 17,
                        PLAIN, INK);
                textCentred(Numbers.large(option.parameters()), x(option.terms()),
                        COSTS_BOTTOM + 34, SMALL, SOFT);
                if (option.multiplyAdds() != null) {
                    textCentred(Numbers.large(option.multiplyAdds()), x(option.terms()),
                            COSTS_BOTTOM + 49, SMALL, SOFT);
                }
            }
        }
        line(LEFT, costY(1, most), RIGHT, costY(1, most), INK, THIN); // over the bars too
        textRight("terms", LEFT - 8, COSTS_BOTTOM + 17, SMALL, SOFT);
    }

    private static double costY(double ratio, double most) {
        return COSTS_BOTTOM - ratio / most * (COSTS_BOTTOM - COSTS_TOP);
    }

    /** All of them, or as many as there is room for, with the last. */
    private boolean labelled(Option option) {
        int every = (int) Math.ceil(LABEL_WIDTH / step);
        return (options.size() - option.terms()) % every == 0;
    }

    private static Shape dot(double x, double y) {
        return new Ellipse2D.Double(x - 4, y - 4, 8, 8);
    }

    private void line(double x1, double y1, double x2, double y2, Color colour,
            BasicStroke stroke) {
        graphics.setColor(colour);
        graphics.setStroke(stroke);
        graphics.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    private void text(String text, double x, double y, Font font, Color colour) {
        graphics.setFont(font);
        graphics.setColor(colour);
        graphics.drawString(text, (float) x, (float) y);
    }

    private void textCentred(String text, double x, double y, Font font, Color colour) {
        text(text, x - width(text, font) / 2, y, font, colour);
    }

    private void textRight(String text, double x, double y, Font font, Color colour) {
        text(text, x - width(text, font), y, font, colour);
    }

    private double width(String text, Font font) {
        return font.getStringBounds(text, graphics.getFontRenderContext()).getWidth();
    }
}
