package dev.sepconv.compare;

import java.util.Locale;

/**
 * An SVG drawing on a card of its own, so that it can be read on a light and on a dark page,
 * whichever the page is. Units are those of the drawing, which is {@value #WIDTH} wide: about a
 * pixel on a telephone.
 */
final class Svg {

    static final int WIDTH = 420;

    /** How wide a page with room for it shows it, in pixels. */
    private static final int SHOWN_WIDTH = 560;

    private static final String STYLE = """
            <style>
            svg { --card: #ffffff; --ink: #1f2328; --dim: #59636e; --line: #8c959f; --faint: #d1d9e0; --none: #f0f2f4;
              --a: #0550ae; --b: #bc4c00; --c: #1a7f37; --d: #8250df; }
            @media (prefers-color-scheme: dark) { svg { --card: #0d1117; --ink: #f0f6fc; --dim: #9198a1; --line: #6e7681;
              --faint: #3d444d; --none: #1b222b; --a: #79c0ff; --b: #ffa657; --c: #56d364; --d: #d2a8ff; } }
            text { font: 14px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif; fill: var(--ink); }
            .dim { fill: var(--dim); font-size: 12.5px; }
            .strong { font-weight: 600; }
            .middle { text-anchor: middle; }
            .end { text-anchor: end; }
            .frame { fill: none; stroke: var(--line); }
            .wire { fill: none; stroke: var(--line); stroke-width: 1.2; }
            .faint { fill: none; stroke: var(--faint); stroke-width: 1.2; }
            .cells { shape-rendering: crispEdges; }
            .none { fill: var(--none); }
            .card { fill: var(--card); stroke: var(--faint); }
            .a { fill: var(--a); } .b { fill: var(--b); } .c { fill: var(--c); } .d { fill: var(--d); }
            .sa { stroke: var(--a); } .sb { stroke: var(--b); } .sc { stroke: var(--c); } .sd { stroke: var(--d); }
            .sa, .sb, .sc, .sd { fill: none; stroke-width: 2; }
            .mark { fill: none; stroke: #ffe14d; stroke-width: 1.6; }
            .thin { stroke-width: 1; }
            .veil { fill: var(--line); fill-opacity: 0.18; }
            </style>
            """;

    private final int height;
    private final String title;
    private final StringBuilder body = new StringBuilder();

    /** @param title what a reader who can't see it is told */
    Svg(int height, String title) {
        this.height = height;
        this.title = title;
    }

    Svg text(double x, double y, String classes, String text) {
        return add("<text x=\"%s\" y=\"%s\"%s>%s</text>", number(x), number(y), attribute(classes),
                escaped(text));
    }

    Svg rect(double x, double y, double width, double high, String classes) {
        return add("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"%s/>", number(x), number(y),
                number(width), number(high), attribute(classes));
    }

    /** A square of any colour, as weights have. */
    Svg square(double x, double y, double side, String fill, double opacity) {
        return add(
                "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\" fill-opacity=\"%s\"/>",
                number(x), number(y), number(side), number(side), fill, number(opacity));
    }

    Svg circle(double x, double y, double radius, String classes) {
        return add("<circle cx=\"%s\" cy=\"%s\" r=\"%s\"%s/>", number(x), number(y), number(radius),
                attribute(classes));
    }

    Svg line(double x1, double y1, double x2, double y2, String classes) {
        return add("<path d=\"M%s %sL%s %s\"%s/>", number(x1), number(y1), number(x2), number(y2),
                attribute(classes));
    }

    /** A line that ends in a point, from left to right. */
    Svg arrow(double x1, double y, double x2) {
        return add("<path d=\"M%s %sH%sm-5 -4l5 4l-5 4\" class=\"wire\"/>", number(x1), number(y),
                number(x2));
    }

    Svg path(String d, String classes) {
        return add("<path d=\"%s\"%s/>", d, attribute(classes));
    }

    Svg path(String d, String fill, double x, double y, double scale) {
        return add(
                "<path class=\"cells\" transform=\"translate(%s %s) scale(%s)\" fill=\"%s\" d=\"%s\"/>",
                number(x), number(y), number(scale), fill, d);
    }

    /** The file's text; the same everywhere. */
    String text() {
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">
                <title>%s</title>
                %s<rect class="card" x="0.5" y="0.5" width="%d" height="%d" rx="6"/>
                %s</svg>
                """
                .formatted(SHOWN_WIDTH, Math.round((double) height * SHOWN_WIDTH / WIDTH), WIDTH,
                        height, escaped(title), STYLE, WIDTH - 1, height - 1, body);
    }

    private Svg add(String format, Object... values) {
        body.append(format.formatted(values)).append('\n');
        return this;
    }

    private static String attribute(String classes) {
        return classes.isEmpty() ? "" : " class=\"" + classes + '"';
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    /** At most two decimals, and none that say nothing. */
    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }
}
