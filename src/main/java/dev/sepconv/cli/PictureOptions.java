package dev.sepconv.cli;

import dev.sepconv.io.Images;
import dev.sepconv.io.Images.Picture;
import dev.sepconv.io.Printable;
import dev.sepconv.picture.Channels;
import dev.sepconv.picture.Fit;
import dev.sepconv.picture.ModelCard;
import dev.sepconv.picture.Preparation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which pictures go in, and how they are prepared. */
final class PictureOptions {

    private static final String IMAGENET = "imagenet";
    private static final String NONE = "none";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--image", paramLabel = "IMG",
            description = "A picture: PNG, JPEG, GIF, BMP, TIFF, WebP or PPM. Several may "
                    + "follow, as from photos/*.jpg: each goes through the network by itself and gets a row.")
    private Path image;

    /** What stands behind {@code --image A}, where a shell made several of a pattern. */
    private List<Path> more = List.of();

    @Option(names = "--preparation", paramLabel = "WHAT",
            description = "How the network wants its picture: imagenet (the middle "
                    + "224x224 of 256, with ImageNet's mean and std), none (0 to 1, RGB, stretched), or a .json file as it may lie beside "
                    + "the model (docs/networks.md). Default: what lies beside the model, else none. The options below win.")
    private String preparation;

    @Option(names = "--fit", paramLabel = "HOW", converter = FitConverter.class,
            description = "How it comes to its size: stretch, "
                    + "crop, pad (centred), pad-end (at the top left), line (of text: padded at the right).")
    private Fit fit;

    @Option(names = "--mean", paramLabel = "A,B,C", converter = Converters.ChannelsConverter.class,
            description = "Taken off each pixel; one number for all channels, or three in the order in which they go in.")
    private List<Float> mean;

    @Option(names = "--std", paramLabel = "A,B,C", converter = Converters.ChannelsConverter.class,
            description = "What is left is divided by this; likewise.")
    private List<Float> std;

    @Option(names = "--bgr", negatable = true, description = "Blue goes in first, red last.")
    private Boolean bgr;

    @Option(names = "--raw", negatable = true,
            description = "Pixels run from 0 to 255, not from 0 to 1; --mean and --std too.")
    private Boolean raw;

    /** Reads a {@link Fit}. */
    static final class FitConverter implements ITypeConverter<Fit> {
        @Override
        public Fit convert(String value) {
            return Converters.constant(Fit.values(), value);
        }
    }

    /**
     * A preparation and where it comes from.
     *
     * @param from a model card's file, {@code imagenet}, or null where nothing is known of the
     * model
     */
    record Chosen(Preparation preparation, String from) {
    }

    /** The pictures, in the order given; empty if none is. */
    List<Path> images() {
        List<Path> images = new ArrayList<>();
        if (image != null) {
            images.add(image);
        }
        images.addAll(more);
        return images;
    }

    boolean given() {
        return image != null;
    }

    /**
     * Usage errors, before anything is read.
     *
     * @param further pictures that stand without an option
     * @param folder whether {@code --images} is given, to which they belong then
     */
    void check(List<Path> further, boolean folder) {
        more = folder ? List.of() : further;
        if (image == null && !folder) {
            if (!more.isEmpty()) {
                throw new ParameterException(spec.commandLine(),
                        "%s has no option; for a picture write --image %s"
                                .formatted(more.getFirst(), more.getFirst()));
            }
            needsImage("--preparation", preparation);
            needsImage("--fit", fit);
            needsImage("--mean", mean);
            needsImage("--std", std);
            needsImage("--bgr", bgr);
            needsImage("--raw", raw);
        }
        if (std != null && std.stream().anyMatch(value -> !(value > 0))) {
            throw new IllegalArgumentException("--std is %s; it must be above 0".formatted(std));
        }
    }

    void needsImage(String option, Object value) {
        if (value != null && image == null) {
            throw new ParameterException(spec.commandLine(), option + " needs --image");
        }
    }

    Picture read(Path file) throws IOException {
        Picture picture = Images.read(file, Preparation.MAX_SIDE);
        if (picture.frames() > 1) {
            spec.commandLine().getErr().println("sepconv: %s holds %s; the first is taken"
                    .formatted(file, Printable.count(picture.frames(), "picture")));
        }
        return picture;
    }

    /**
     * What is done to pictures: what was asked for, else what lies beside the model, else nothing.
     *
     * @param card what lies beside the model
     */
    Chosen choose(Optional<ModelCard> card) throws IOException {
        Chosen base = base(card);
        Preparation chosen = base.preparation();
        if (fit != null) {
            chosen = chosen.withFit(fit);
        }
        if (raw != null) {
            chosen = chosen.withFull(raw ? 255 : 1);
        }
        if (bgr != null && chosen.channels() != Channels.GREY) {
            chosen = turned(chosen, bgr ? Channels.BGR : Channels.RGB);
        }
        if (mean != null) {
            checkMean(chosen);
            chosen = chosen.withMean(array(mean));
        }
        if (std != null) {
            chosen = chosen.withStd(array(std));
        }
        return new Chosen(chosen, base.from());
    }

    private Chosen base(Optional<ModelCard> card) throws IOException {
        if (preparation == null) {
            return card.map(each -> new Chosen(each.preparation(), each.file().toString()))
                    .orElse(new Chosen(Preparation.PLAIN, null));
        }
        return switch (preparation) {
            case IMAGENET -> new Chosen(Preparation.IMAGENET, IMAGENET);
            case NONE -> new Chosen(Preparation.PLAIN, NONE);
            default -> {
                if (!preparation.endsWith(".json")) {
                    throw new IllegalArgumentException(
                            "--preparation is '%s'; it must be imagenet, none or a .json file"
                                    .formatted(preparation));
                }
                yield new Chosen(ModelCard.read(Path.of(preparation)).preparation(), preparation);
            }
        };
    }

    /** Its mean and std stay with their colours. */
    private static Preparation turned(Preparation preparation, Channels channels) {
        if (preparation.channels() == channels) {
            return preparation;
        }
        return preparation.withChannels(channels).withMean(array(preparation.mean().reversed()))
                .withStd(array(preparation.std().reversed()));
    }

    private void checkMean(Preparation chosen) {
        if (chosen.full() == 1 && mean.stream().anyMatch(value -> !(value >= 0 && value <= 1))) {
            throw new IllegalArgumentException(
                    "--mean is %s; pixels run from 0 to 1, so it must too: divide by 255, or add --raw"
                            .formatted(mean));
        }
    }

    private static float[] array(List<Float> numbers) {
        float[] array = new float[numbers.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = numbers.get(i);
        }
        return array;
    }

    /**
     * Says in one line how pictures go in: where nobody said it, so that nobody is deceived in
     * silence; where a card says it, so that it can be seen.
     *
     * @param model what the user calls it; null for one without training, for which no preparation
     * is right
     */
    void say(Chosen chosen, Preparation applied, String model) {
        List<String> options = options();
        if (preparation == null && chosen.from() != null) {
            say("the picture goes in as %s says%s: %s".formatted(chosen.from(),
                    options.isEmpty() ? "" : ", but for " + String.join(", ", options), applied));
        } else if (preparation == null && options.isEmpty() && model != null) {
            say("nothing says how %s wants its picture; it goes in as %s (--preparation, --mean, --std, --bgr, --raw, --fit)"
                    .formatted(model, applied));
        }
    }

    private void say(String sentence) {
        spec.commandLine().getErr().println("sepconv: " + sentence);
    }

    private List<String> options() {
        List<String> options = new ArrayList<>();
        if (fit != null) {
            options.add("--fit");
        }
        if (mean != null) {
            options.add("--mean");
        }
        if (std != null) {
            options.add("--std");
        }
        if (bgr != null) {
            options.add(bgr ? "--bgr" : "--no-bgr");
        }
        if (raw != null) {
            options.add(raw ? "--raw" : "--no-raw");
        }
        return options;
    }
}
