package dev.sepconv.cli;

import dev.sepconv.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sepconv decouple}: a standard convolution taken apart into a depthwise and a pointwise
 * one.
 */
@Command(name = "decouple", description = {
        "Take a standard convolution apart into a depthwise and a pointwise one, with a known error.",
        "T depthwise filters a channel, then one pointwise convolution: the best approximation of the weights by so many terms, by the "
                + "singular values of each channel; with R*S terms (or as many as there are filters, if fewer) it is exact. Prints error and "
                + "cost for every T. Errors are of the weights, relative, in the Frobenius norm."},
        footerHeading = "%nExamples:%n",
        footer = {"  sepconv decouple --weights w.npy --size 56x56",
                "  sepconv decouple --weights w.npy --terms 3 --out decoupled",
                "  sepconv conv --input x.npy --weights decoupled/depthwise.npy "
                        + "--pointwise decoupled/pointwise.npy --output y.npy",
                "  sepconv decouple model.onnx --error 0.2 --output apart.onnx",
                "  sepconv run apart.onnx --image photo.jpg"})
final class DecoupleCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", arity = "0..1",
            description = "Instead of --weights: an ONNX file, whose standard convolutions are all taken apart, each by itself, where "
                    + "that makes them cheaper; the others stay. With --terms or --error also the outputs' error, with --out each "
                    + "layer's weights, with --output the whole model.")
    private String model;

    @Mixin
    private LayerOptions layer;

    @Option(names = "--terms", paramLabel = "T",
            description = "Take so many depthwise filters a channel, from 1 to R*S.")
    private Integer terms;

    @Option(names = "--error", paramLabel = "E",
            description = "Or as many as keep the weights' error at or below this, from 0 to 1.")
    private Double error;

    @Option(names = "--size", paramLabel = "HxW", converter = Converters.SizeConverter.class,
            description = "The input's height and width, for multiply-adds.")
    private Converters.Pair size;

    @Option(names = "--out", paramLabel = "DIR",
            description = "Write a chart there, and with --terms or --error the weights, "
                    + LayerDecoupling.DEPTHWISE + " and " + LayerDecoupling.POINTWISE + ".")
    private Path out;

    @Option(names = "--output", paramLabel = "NET.onnx",
            description = "With a MODEL that is an ONNX file, and --terms or --error: "
                    + "write it there with the convolutions replaced and all else as it is, read it again, and give its errors.")
    private Path output;

    @Mixin
    private JsonOption json;

    @Override
    public Integer call() throws IOException {
        if (terms != null && error != null) {
            throw new ParameterException(spec.commandLine(),
                    "--terms and --error can't both be given");
        }
        if ((model == null) == (layer.weights == null)) {
            throw new ParameterException(spec.commandLine(),
                    model == null
                            ? "neither a model nor --weights is given; one must be"
                            : "both model %s and --weights %s are given; only one can be"
                                    .formatted(model, layer.weights));
        }
        if (model != null) {
            return ofModel();
        }
        if (output != null) {
            throw new ParameterException(spec.commandLine(),
                    "--output goes with a model; --out writes what becomes of --weights");
        }
        LayerDecoupling.run(layer, terms, error, size, out, json.json, spec.commandLine().getOut());
        return Failure.NONE;
    }

    private int ofModel() throws IOException {
        for (String option : new String[]{"--array", "--bias", "--stride", "--pad", "--dilation",
                "--input"}) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(spec.commandLine(),
                        "%s goes with --weights; model %s says it for each layer".formatted(option,
                                model));
            }
        }
        if (out != null) {
            OutputFile.checkFolder("--out", out, DecouplingFigures.CHART);
        }
        ModelOptions options = new ModelOptions();
        options.model = model;
        options.size = size;
        if (output != null) {
            if (terms == null && error == null) {
                throw new ParameterException(spec.commandLine(),
                        "--output needs --terms or --error");
            }
            if (!options.isOnnx()) {
                throw new ParameterException(spec.commandLine(),
                        "--output writes an ONNX file again; model '%s' is none".formatted(model));
            }
            AtomicFile.check(output);
        }
        ModelDecoupling.run(options, terms, error, out, output, json.json,
                spec.commandLine().getOut());
        return Failure.NONE;
    }
}
