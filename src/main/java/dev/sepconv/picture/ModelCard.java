package dev.sepconv.picture;

import dev.sepconv.io.InputFile;
import dev.sepconv.io.Json;
import dev.sepconv.io.Printable;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/**
 * What is known of a model beside its file: how its picture is prepared, what its outputs mean. It
 * stands in a JSON file beside the model, {@code NAME.sepconv.json} for {@code NAME.onnx}:
 *
 * <pre>
 * {
 *   "about": "Text angle classifier of PP-OCR",
 *   "source": "https://…, where the preparation is described",
 *   "picture": {"height": 48, "width": 192, "fit": "line", "padding": 0.5, "channels": "bgr",
 *               "mean": [0.5], "std": [0.5]},
 *   "outputs": {"softmax_0.tmp_0": {"kind": "probabilities", "labels": ["0°", "180°"],
 *                                   "meaning": "how the line is turned"}}
 * }
 * </pre>
 *
 * Of "picture" all may be left out: "height" and "width" (open), "minWidth" (1), "multiple" (1; 32
 * where both sizes are open), "maxSide" (none), "fit" (stretch, crop, pad, pad-end or line:
 * {@link Fit}), "crop" (1), "padding" (0), "channels" (rgb, bgr, grey), "full" (1, or 255), "mean"
 * (0), "std" (1), the latter two in the order of "channels". "labels" is a list, or the name of a
 * file beside this one.
 *
 * @param file where it was read
 * @param about what the model is; may be empty
 * @param preparation what is done to a picture
 * @param outputs by name; outputs that are not named are just numbers
 */
public record ModelCard(Path file, String about, Preparation preparation,
        Map<String, Output> outputs) {

    /** Cards are some hundred bytes. */
    private static final long LONGEST = 1L << 20;

    private static final String SUFFIX = ".sepconv.json";

    /** What the numbers of an output are. */
    public enum Kind {
        /** Nothing that is known here. */
        NUMBERS,
        /** A probability for each class. */
        PROBABILITIES,
        /** A number for each class, of which softmax makes probabilities. */
        LOGITS,
        /** A probability for each character at each step: {@link Ctc}. */
        TEXT
    }

    /**
     * An output.
     *
     * @param labels names of classes or characters; may be empty
     * @param meaning in words, for people; may be empty
     */
    public record Output(Kind kind, List<String> labels, String meaning) implements Serializable {
        /** Nothing is known of it. */
        public static final Output UNKNOWN = new Output(Kind.NUMBERS, List.of(), "");

        public Output {
            labels = List.copyOf(labels);
        }
    }

    public ModelCard {
        outputs = Map.copyOf(outputs);
    }

    /** What is known of an output; {@link Output#UNKNOWN} if nothing. */
    public Output output(String name) {
        return outputs.getOrDefault(name, Output.UNKNOWN);
    }

    /**
     * The card beside a model's file, if there is one.
     *
     * @param model {@code models/pp-ocr/net.onnx}, whose card is
     * {@code models/pp-ocr/net.sepconv.json}
     * @throws IOException as {@link #read}
     */
    public static Optional<ModelCard> beside(Path model) throws IOException {
        Path card = pathBeside(model);
        return Files.isRegularFile(card) && !card.equals(model)
                ? Optional.of(read(card))
                : Optional.empty();
    }

    /** Where a model's card is looked for. */
    public static Path pathBeside(Path model) {
        String name = model.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return model.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + SUFFIX);
    }

    /**
     * The card's JSON for another model of the same inputs and outputs, in whatever folder: labels
     * that lie in files are written out.
     *
     * @throws IOException if the card can't be read any more
     */
    public byte[] forAnotherModel() throws IOException {
        JSONObject card = (JSONObject) Json.parse(Files.readAllBytes(file));
        JSONObject named = card.optJSONObject("outputs", new JSONObject());
        for (String output : named.keySet()) {
            JSONObject fields = named.getJSONObject(output);
            if (fields.opt("labels") instanceof String) {
                fields.put("labels", new JSONArray(output(output).labels()));
            }
        }
        return card.toString(2).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a card.
     *
     * @throws IOException if it or its file of labels can't be read, or it says something that is
     * not known or makes no sense; one sentence
     */
    public static ModelCard read(Path file) throws IOException {
        Object root;
        InputFile.check(file);
        try {
            if (Files.size(file) > LONGEST) {
                throw wrong(file, "it has %s; a card has at most %d"
                        .formatted(Printable.count(Files.size(file), "byte"), LONGEST));
            }
            root = Json.parse(Files.readAllBytes(file));
        } catch (JSONException e) {
            throw wrong(file, "it is no JSON: " + e.getMessage());
        }
        try {
            Fields card = new Fields("", root, List.of("about", "source", "picture", "outputs"));
            Map<String, Output> outputs = new LinkedHashMap<>();
            Object named = card.value("outputs");
            if (named != null) {
                if (!(named instanceof JSONObject object)) {
                    throw new IllegalArgumentException("\"outputs\" is no object");
                }
                for (String name : object.keySet()) {
                    outputs.put(name, output(file, name, object.get(name)));
                }
            }
            Object picture = card.value("picture");
            return new ModelCard(file, card.text("about", ""),
                    picture == null ? Preparation.PLAIN : preparation(picture), outputs);
        } catch (IllegalArgumentException e) {
            throw wrong(file, e.getMessage());
        }
    }

    private static IOException wrong(Path file, String why) {
        return new IOException("model card %s can't be taken: %s".formatted(file, why));
    }

    private static Preparation preparation(Object node) {
        Fields picture = new Fields("picture.", node,
                List.of("height", "width", "minWidth", "multiple", "maxSide", "fit", "crop",
                        "padding", "channels", "full", "mean", "std"));
        int height = picture.whole("height", 0);
        int width = picture.whole("width", 0);
        InputSize size = new InputSize(height, width, picture.whole("minWidth", 1),
                picture.whole("multiple", height == 0 ? InputSize.OPEN.multiple() : 1),
                picture.whole("maxSide", 0));
        return Preparation.PLAIN.withSize(size).withFit(picture.constant("fit", Fit.STRETCH))
                .withCrop(picture.number("crop", 1)).withPadding(picture.number("padding", 0))
                .withChannels(picture.constant("channels", Channels.RGB))
                .withFull(picture.number("full", 1)).withMean(picture.numbers("mean", 0))
                .withStd(picture.numbers("std", 1));
    }

    private static Output output(Path file, String name, Object node) throws IOException {
        Fields output = new Fields("outputs." + name + ".", node,
                List.of("kind", "labels", "meaning"));
        Object labels = output.value("labels");
        List<String> names = labels == null
                ? List.of()
                : labels instanceof String text
                        ? Labels.read(beside(file, text))
                        : output.texts("labels");
        return new Output(output.constant("kind", Kind.NUMBERS), names, output.text("meaning", ""));
    }

    /** A card names files of its own folder only. */
    private static Path beside(Path card, String name) {
        if (name.isEmpty() || name.contains("/") || name.contains("\\") || name.equals("..")
                || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "\"labels\" is '%s'; it must be a file beside the card, or a list"
                            .formatted(name));
        }
        return card.resolveSibling(name);
    }

    /** The fields of a JSON object, none of which is unknown. */
    private record Fields(String path, JSONObject object) {
        Fields(String path, Object node, List<String> known) {
            if (!(node instanceof JSONObject object)) {
                throw new IllegalArgumentException(path.isEmpty()
                        ? "it is no object"
                        : "\"%s\" is no object".formatted(path.substring(0, path.length() - 1)));
            }
            for (String name : object.keySet()) {
                if (!known.contains(name)) {
                    throw new IllegalArgumentException("\"%s%s\" is not known; it may have %s"
                            .formatted(path, name, String.join(", ", known)));
                }
            }
            this(path, object);
        }

        /** Null where it is left out, or null in the file. */
        Object value(String name) {
            return object.isNull(name) ? null : object.get(name);
        }

        private IllegalArgumentException wrong(String name, String wanted) {
            return new IllegalArgumentException("\"%s%s\" is %s; it must be %s".formatted(path,
                    name, JSONObject.valueToString(object.get(name)), wanted));
        }

        String text(String name, String otherwise) {
            return switch (value(name)) {
                case null -> otherwise;
                case String text -> text;
                default -> throw wrong(name, "text");
            };
        }

        List<String> texts(String name) {
            List<String> texts = new ArrayList<>();
            for (Object each : value(name) instanceof JSONArray array ? array : new JSONArray()) {
                if (!(each instanceof String text)) {
                    throw wrong(name, "a list of names, or a file beside the card");
                }
                texts.add(text);
            }
            if (texts.isEmpty()) {
                throw wrong(name, "a list of names, or a file beside the card");
            }
            return texts;
        }

        int whole(String name, int otherwise) {
            try {
                return switch (value(name)) {
                    case null -> otherwise;
                    case Number number -> new BigDecimal(number.toString()).intValueExact();
                    default -> throw wrong(name, "a whole number");
                };
            } catch (ArithmeticException e) {
                throw wrong(name, "a whole number");
            }
        }

        float number(String name, float otherwise) {
            return switch (value(name)) {
                case null -> otherwise;
                case Number number -> number.floatValue();
                default -> throw wrong(name, "a number");
            };
        }

        float[] numbers(String name, float otherwise) {
            if (!(value(name) instanceof JSONArray array)) {
                return new float[]{number(name, otherwise)};
            }
            float[] numbers = new float[array.length()];
            for (int i = 0; i < numbers.length; i++) {
                if (!(array.get(i) instanceof Number number)) {
                    throw wrong(name, "a number, or a list of numbers");
                }
                numbers[i] = number.floatValue();
            }
            return numbers;
        }

        <E extends Enum<E>> E constant(String name, E otherwise) {
            String value = text(name, null);
            if (value == null) {
                return otherwise;
            }
            E[] constants = otherwise.getDeclaringClass().getEnumConstants();
            return Arrays.stream(constants).filter(each -> spelled(each).equals(value)).findFirst()
                    .orElseThrow(() -> wrong(name, String.join(" or ",
                            Arrays.stream(constants).map(Fields::spelled).toList())));
        }

        private static String spelled(Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
