package dev.sepconv.bench;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import dev.sepconv.io.AtomicFile;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Drawings of what was measured. */
final class Charts {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 460;
    /** Drawn so many times larger where there are pixels. */
    private static final int SCALE = 2;

    private static final BasicStroke LINE = new BasicStroke(1.6f);
    private static final BasicStroke DASHES = new BasicStroke(1.2f, BasicStroke.CAP_BUTT,
            BasicStroke.JOIN_ROUND, 1, new float[]{5, 4}, 0);

    static {
        System.setProperty("java.awt.headless", "true");
    }

    /**
     * How one of those that were timed is drawn: in colours that those who confuse red and green
     * can tell apart (Okabe and Ito).
     */
    private enum Look {
        SIMD("simd", new Color(0x0072B2), SeriesMarkers.CIRCLE),
        TORNADO_KERNEL("tornado, kernel", new Color(0xD55E00), SeriesMarkers.SQUARE),
        TORNADO("tornado, whole run", new Color(0xE69F00), SeriesMarkers.DIAMOND),
        PEER("ONNX Runtime", new Color(0x555555), SeriesMarkers.TRIANGLE_UP);

        private final String label;
        private final Color color;
        private final Marker marker;

        Look(String label, Color color, Marker marker) {
            this.label = label;
            this.color = color;
            this.marker = marker;
        }

        static Look of(String label) {
            for (Look look : values()) {
                if (look.label.equals(label)) {
                    return look;
                }
            }
            return PEER;
        }
    }

    private Charts() {
    }

    /**
     * Refuses a file that {@link #write} wouldn't know how to draw.
     *
     * @throws IllegalArgumentException if it is no .png or .svg
     */
    static void checkName(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".png") && !name.endsWith(".svg")) {
            throw new IllegalArgumentException(
                    "--chart is '%s'; its name must end with .png or .svg".formatted(file));
        }
    }

    /** Ratios by block, and the roofline. */
    static List<Chart<?, ?>> of(BenchResults results) {
        return List.of(ratios(results), roofline(results));
    }

    private static CategoryChart ratios(BenchResults results) {
        CategoryChart chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT).title(
                "Speed beside ONNX Runtime (its time over ours), %s".formatted(subject(results)))
                .build();
        plain(chart.getStyler());
        boolean several = results.rows().stream().map(BenchResults.Row::variant).distinct()
                .count() > 1;
        Function<BenchResults.Row, String> name = row -> row.block()
                + (several ? " " + row.variant() : "")
                + (row.fusion() == null ? "" : " " + row.fusion());
        List<String> blocks = results.rows().stream().map(name).distinct().toList();
        ratiosByLook(results).forEach((look, ratio) -> {
            Map<String, Double> values = new LinkedHashMap<>();
            results.rows().stream().filter(row -> ratio.apply(row) != null)
                    .forEach(row -> values.put(name.apply(row), ratio.apply(row)));
            chart.addSeries(look.label, blocks,
                    blocks.stream().map(block -> values.getOrDefault(block, 0.0)).toList())
                    .setFillColor(look.color);
        });
        var even = chart.addSeries("as fast", blocks, blocks.stream().map(block -> 1.0).toList());
        even.setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Line);
        even.setMarker(SeriesMarkers.NONE).setLineColor(Color.BLACK).setLineStyle(DASHES);
        chart.getStyler().setAvailableSpaceFill(0.8).setXAxisLabelRotation(45).setYAxisMin(0.0);
        return chart;
    }

    /** The ratio that a look stands for, of the rows that have it. */
    private static Map<Look, Function<BenchResults.Row, Double>> ratiosByLook(
            BenchResults results) {
        Map<Look, Function<BenchResults.Row, Double>> looks = new LinkedHashMap<>();
        for (BenchResults.Row row : results.rows()) {
            if (row.kernelRatio() == null) {
                looks.put(Look.of(row.engine()),
                        each -> each.engine().equals(row.engine()) ? (Double) each.ratio() : null);
            } else {
                looks.put(Look.TORNADO_KERNEL, BenchResults.Row::kernelRatio);
                looks.put(Look.TORNADO,
                        each -> each.kernelRatio() == null ? null : (Double) each.ratio());
            }
        }
        return looks;
    }

    private static XYChart roofline(BenchResults results) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT)
                .title("Roofline, %s".formatted(subject(results)))
                .xAxisTitle("operations a byte that must be moved").yAxisTitle("GFLOP/s").build();
        plain(chart.getStyler());
        // From 10 on, so that at least two numbers stand at the axis.
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true).setYAxisMin(Math.min(
                10,
                results.rows().stream().mapToDouble(BenchResults.Row::gflops).min().orElseThrow()));
        BenchResults.Machine machine = results.machine();
        // Far enough to the left for the slopes to be seen.
        double least = Math.min(1,
                results.rows().stream().mapToDouble(BenchResults.Row::intensity).min().orElseThrow()
                        / 2);
        double most = Math.max(100,
                results.rows().stream().mapToDouble(BenchResults.Row::intensity).max().orElseThrow()
                        * 2);
        roof(chart, "memory %.0f GB/s".formatted(machine.copyGBps()), machine.roofline(), least,
                most, LINE);
        roof(chart, "cache %.0f GB/s".formatted(machine.cacheCopyGBps()),
                new Roofline(machine.peakGflops(), machine.cacheCopyGBps()), least, most, DASHES);
        Map<Look, List<double[]>> points = new LinkedHashMap<>();
        for (BenchResults.Row row : results.rows()) {
            points.computeIfAbsent(
                    row.kernelMillis() == null ? Look.of(row.engine()) : Look.TORNADO_KERNEL,
                    look -> new ArrayList<>()).add(new double[]{row.intensity(), row.gflops()});
            List<double[]> peers = points.computeIfAbsent(Look.PEER, look -> new ArrayList<>());
            double peer = row.gflops()
                    * (row.kernelMillis() == null ? row.endToEndMillis() : row.kernelMillis())
                    / row.peerMillis();
            if (peers.stream().noneMatch(each -> each[0] == row.intensity() && each[1] == peer)) {
                peers.add(new double[]{row.intensity(), peer});
            }
        }
        points.forEach((look, of) -> {
            XYSeries series = chart.addSeries(look.label, column(of, 0), column(of, 1));
            series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
                    .setMarker(look.marker).setMarkerColor(look.color);
        });
        return chart;
    }

    private static void roof(XYChart chart, String name, Roofline roofline, double least,
            double most, BasicStroke stroke) {
        double[] x = {least, Math.max(least, Math.min(most, roofline.ridge())), most};
        double[] y = {roofline.attainable(x[0]), roofline.attainable(x[1]),
                roofline.attainable(x[2])};
        chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE).setLineColor(Color.BLACK)
                .setLineStyle(stroke);
    }

    /** A drawing an axis: time against what grows, both on logarithmic axes. */
    static List<Chart<?, ?>> of(Growth.Growths growths) {
        List<Chart<?, ?>> charts = new ArrayList<>();
        for (Growth.Axis axis : growths.axes()) {
            XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(axis.title())
                    .xAxisTitle(axis.name()).yAxisTitle("ms").build();
            plain(chart.getStyler());
            chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
            for (Growth.Line line : axis.lines()) {
                Look look = Look.of(line.label());
                chart.addSeries("%s %.2f".formatted(line.label(), line.slope()), line.x(),
                        line.millis()).setMarker(look.marker).setMarkerColor(look.color)
                        .setLineColor(look.color).setLineStyle(LINE);
            }
            charts.add(chart);
        }
        return charts;
    }

    private static void plain(AxesChartStyler styler) {
        styler.setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal).setLegendBorderColor(Color.WHITE)
                .setChartBackgroundColor(Color.WHITE).setPlotBorderVisible(false)
                .setChartTitleFont(styler.getChartTitleFont().deriveFont(14f));
        styler.setPlotGridLinesColor(new Color(0xDDDDDD)).setLocale(Locale.ROOT);
    }

    private static String subject(BenchResults results) {
        return "batch %d, %s".formatted(results.batch(), results.layout().toUpperCase(Locale.ROOT));
    }

    private static double[] column(List<double[]> points, int i) {
        return points.stream().mapToDouble(point -> point[i]).toArray();
    }

    /**
     * Writes drawings into one picture.
     *
     * @param columns so many beside one another
     * @param file a .png or .svg
     */
    static void write(List<Chart<?, ?>> charts, int columns, Path file) throws IOException {
        int width = charts.getFirst().getWidth();
        int height = charts.getFirst().getHeight();
        int across = width * Math.min(columns, charts.size());
        int down = height * ((charts.size() + columns - 1) / columns);
        if (file.toString().toLowerCase(Locale.ROOT).endsWith(".svg")) {
            VectorGraphics2D vectors = new VectorGraphics2D();
            paint(charts, columns, vectors);
            Document document = Processors.get("svg").getDocument(vectors.getCommands(),
                    new PageSize(across, down));
            AtomicFile.write(file, document::writeTo);
            return;
        }
        BufferedImage image = new BufferedImage(across * SCALE, down * SCALE,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D pixels = image.createGraphics();
        pixels.scale(SCALE, SCALE);
        pixels.setColor(Color.WHITE);
        pixels.fillRect(0, 0, across, down);
        paint(charts, columns, pixels);
        pixels.dispose();
        AtomicFile.write(file, out -> ImageIO.write(image, "png", out));
    }

    private static void paint(List<Chart<?, ?>> charts, int columns, Graphics2D graphics) {
        for (int i = 0; i < charts.size(); i++) {
            Chart<?, ?> chart = charts.get(i);
            Graphics2D panel = (Graphics2D) graphics.create();
            panel.translate(i % columns * chart.getWidth(), i / columns * chart.getHeight());
            chart.paint(panel, chart.getWidth(), chart.getHeight());
            panel.dispose();
        }
    }
}
