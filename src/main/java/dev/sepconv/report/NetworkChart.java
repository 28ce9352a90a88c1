package dev.sepconv.report;

import dev.sepconv.cost.NetworkCost;
import dev.sepconv.cost.NetworkCost.Kind;
import dev.sepconv.cost.NetworkCost.LayerCost;
import dev.sepconv.cost.NetworkCost.Sum;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Where a network's parameters and multiply-adds are: above, in all, beside what standard
 * convolutions would cost; below, layer by layer.
 */
public final class NetworkChart {

    private static final int WIDTH = 900;
    /** Pixels a unit, for sharp text. */
    private static final int SCALE = 2;
    private static final int LEFT = 200;
    private static final int RIGHT = WIDTH - 110;
    private static final int BAR = 22;
    private static final int TOTALS_TOP = 112;
    /** From one of the two groups of bars to the next. */
    private static final int BETWEEN_GROUPS = 26;
    private static final int LAYERS_LEFT = 70;
    private static final int LAYERS_RIGHT = WIDTH - 30;
    private static final int LAYERS_HEIGHT = 130;
    private static final int BETWEEN_LAYERS = 56;

    private static final Color INK = new Color(0x1b1f24);
    private static final Color SOFT = new Color(0x59626c);
    private static final Color LINE = new Color(0xd9dcd8);
    private static final Color INSTEAD = new Color(0xc9ced4);
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    private static final Font SMALL = PLAIN.deriveFont(11f);
    private static final Font BOLD = PLAIN.deriveFont(Font.BOLD, 16f);

    /** One row of the upper part: a stack of kinds, or one number. */
    private record Row(String label, long value, Map<Kind, Sum> kinds) {
    }

    private final Graphics2D graphics;
    private final NetworkCost cost;

    private NetworkChart(Graphics2D graphics, NetworkCost cost) {
        this.graphics = graphics;
        this.cost = cost;
    }

    /** Draws it under that heading. */
    public static BufferedImage draw(String heading, NetworkCost cost) {
        int bars = cost.invertedResiduals() > 0 ? 3 : 2;
        int group = 24 + bars * (BAR + 6) + BETWEEN_GROUPS;
        int layersTop = TOTALS_TOP + 2 * group + 20;
        int height = layersTop + 2 * (LAYERS_HEIGHT + BETWEEN_LAYERS) - BETWEEN_LAYERS + 24;
        BufferedImage image = new BufferedImage(WIDTH * SCALE, height * SCALE,
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
            graphics.fillRect(0, 0, WIDTH, height);
            NetworkChart chart = new NetworkChart(graphics, cost);
            chart.heading(heading);
            chart.totals("Multiply-adds", TOTALS_TOP, Sum::multiplyAdds);
            chart.totals("Parameters", TOTALS_TOP + group, Sum::parameters);
            chart.layers("Multiply-adds by layer", layersTop, Sum::multiplyAdds);
            chart.layers("Parameters by layer", layersTop + LAYERS_HEIGHT + BETWEEN_LAYERS,
                    Sum::parameters);
        } finally {
            graphics.dispose();
        }
        return image;
    }

    /** Colours that those who confuse red and green can tell apart (Okabe and Ito 2008). */
    private static Color colour(Kind kind) {
        return switch (kind) {
            case DEPTHWISE -> new Color(0xd55e00);
            case POINTWISE -> new Color(0x0072b2);
            case GROUPED -> new Color(0x009e73);
            case STANDARD -> new Color(0x444b54);
            case TRANSPOSED -> new Color(0xcc79a7);
            case FULLY_CONNECTED -> new Color(0xe69f00);
            case OTHER -> new Color(0x9aa3ad);
        };
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private void heading(String heading) {
        text(heading, LAYERS_LEFT, 34, BOLD, INK);
        text("%s parameters, %s multiply-adds".formatted(Numbers.large(cost.total().parameters()),
                Numbers.large(cost.total().multiplyAdds())), LAYERS_LEFT, 55, PLAIN, SOFT);
        double x = LAYERS_LEFT;
        for (Kind kind : cost.kinds().keySet()) {
            graphics.setColor(colour(kind));
            graphics.fill(new Rectangle2D.Double(x, 70, 12, 12));
            text(name(kind), x + 17, 81, PLAIN, INK);
            x += 17 + width(name(kind), PLAIN) + 18;
        }
    }

    private void totals(String title, double top, ToLongFunction<Sum> number) {
        List<Row> rows = new ArrayList<>(List.of(
                new Row("as it is", number.applyAsLong(cost.total()), cost.kinds()),
                new Row("standard convolutions", number.applyAsLong(cost.standard()), Map.of())));
        if (cost.invertedResiduals() > 0) {
            rows.add(new Row("one standard a block", number.applyAsLong(cost.narrow()), Map.of()));
        }
        long most = Math.max(1, rows.stream().mapToLong(Row::value).max().orElseThrow());
        text(title, LAYERS_LEFT, top + 8, PLAIN, INK);
        double y = top + 18;
        for (Row row : rows) {
            textRight(row.label(), LEFT - 8, y + 15, SMALL, SOFT);
            double end = bar(row, y, most, number);
            String ratio = row.kinds().isEmpty()
                    ? " (%sx)".formatted(
                            Numbers.digits((double) row.value() / rows.getFirst().value()))
                    : "";
            text(Numbers.large(row.value()) + ratio, end + 6, y + 15, SMALL, INK);
            y += BAR + 6;
        }
    }

    private double bar(Row row, double y, long most, ToLongFunction<Sum> number) {
        double unit = (double) (RIGHT - LEFT) / most;
        if (row.kinds().isEmpty()) {
            graphics.setColor(INSTEAD);
            graphics.fill(new Rectangle2D.Double(LEFT, y, row.value() * unit, BAR));
            return LEFT + row.value() * unit;
        }
        double x = LEFT;
        for (Map.Entry<Kind, Sum> part : row.kinds().entrySet()) {
            double wide = number.applyAsLong(part.getValue()) * unit;
            graphics.setColor(colour(part.getKey()));
            graphics.fill(new Rectangle2D.Double(x, y, wide, BAR));
            x += wide;
        }
        return x;
    }

    private void layers(String title, double top, ToLongFunction<Sum> number) {
        List<LayerCost> layers = cost.layers().stream()
                .filter(layer -> layer.sum().multiplyAdds() > 0).toList();
        double bottom = top + LAYERS_HEIGHT;
        text(title, LAYERS_LEFT, top - 12, PLAIN, INK);
        textRight("%d layers that multiply, from input to output".formatted(layers.size()),
                LAYERS_RIGHT, top - 12, SMALL, SOFT);
        long most = Math.max(1, layers.stream().mapToLong(layer -> number.applyAsLong(layer.sum()))
                .max().orElse(1));
        for (double share : new double[]{0, 0.5, 1}) {
            double y = bottom - share * LAYERS_HEIGHT;
            graphics.setColor(LINE);
            graphics.draw(new Line2D.Double(LAYERS_LEFT, y, LAYERS_RIGHT, y));
            textRight(Numbers.large(Math.round(share * most)), LAYERS_LEFT - 8, y + 4, SMALL, SOFT);
        }
        double step = (double) (LAYERS_RIGHT - LAYERS_LEFT) / Math.max(1, layers.size());
        double thick = Math.min(step * 0.8, 40);
        for (int i = 0; i < layers.size(); i++) {
            double y = bottom;
            for (Map.Entry<Kind, Sum> part : layers.get(i).parts().entrySet()) {
                double tall = (double) number.applyAsLong(part.getValue()) / most * LAYERS_HEIGHT;
                graphics.setColor(colour(part.getKey()));
                graphics.fill(new Rectangle2D.Double(LAYERS_LEFT + (i + 0.5) * step - thick / 2,
                        y - tall, thick, tall));
                y -= tall;
            }
        }
    }

    private void text(String text, double x, double y, Font font, Color colour) {
        graphics.setFont(font);
        graphics.setColor(colour);
        graphics.drawString(text, (float) x, (float) y);
    }

    private void textRight(String text, double x, double y, Font font, Color colour) {
        text(text, x - width(text, font), y, font, colour);
    }

    private double width(String text, Font font) {
        return font.getStringBounds(text, graphics.getFontRenderContext()).getWidth();
    }
}
