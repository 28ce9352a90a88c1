package dev.sepconv.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.sepconv.Tensor;
import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.Variant;
import dev.sepconv.io.Images;
import dev.sepconv.io.Rasters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes a comparison into a folder: {@code results.json}, {@code report.html}, {@code input.png},
 * {@code chain.svg} and {@code maps/*.png}.
 */
public final class Report {

    private Report() {
    }

    /**
     * Writes everything and moves it into place.
     *
     * @return what {@code results.json} says
     * @throws IOException if a file can't be written; nothing is left half written
     */
    public static Results write(Provenance provenance, Comparison comparison, OutputFolder folder)
            throws IOException {
        List<String> files = new ArrayList<>();
        files.add(OutputFolder.INPUT);
        folder.write(OutputFolder.INPUT, Images.png(Rasters.toImage(comparison.input())));
        for (Variant variant : comparison.variants()) {
            if (comparison.maps().containsKey(variant.name())) {
                Tensor maps = comparison.maps().get(variant.name()).tensor();
                for (int k = 0; k < maps.shape().c(); k++) {
                    String name = mapFile(variant, k);
                    folder.write(name, Images.png(Rasters.toImage(MapPictures.grey(maps, k))));
                    files.add(name);
                }
            }
        }
        Optional<ChainDrawing> chain = ChainDrawing.of(comparison);
        if (chain.isPresent()) {
            files.add(OutputFolder.CHAIN);
            folder.write(OutputFolder.CHAIN,
                    Template.fill("chain-file.ftlh", chain.get()).getBytes(StandardCharsets.UTF_8));
        }
        files.add(OutputFolder.PAGE);
        folder.write(OutputFolder.PAGE,
                Page.render(provenance, comparison).getBytes(StandardCharsets.UTF_8));
        files.add(OutputFolder.RESULTS);
        Results results = Results.of(provenance, comparison, List.copyOf(files));
        folder.write(OutputFolder.RESULTS, new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(results));
        folder.publish(files);
        return results;
    }

    /** {@code maps/standard-01.png} is the standard convolution's first output channel. */
    static String mapFile(Variant variant, int channel) {
        return "%s/%s-%02d.png".formatted(OutputFolder.MAPS, variant.name(), channel + 1);
    }
}
