package dev.sepconv;

import dev.sepconv.engine.Batches;
import dev.sepconv.engine.Engines;
import dev.sepconv.io.Npy;
import dev.sepconv.io.NpyHeader;
import dev.sepconv.io.onnx.OnnxReader;
import dev.sepconv.zoo.KnownNetworks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a program begins: {@link #open()} gives the best engine and device of this computer,
 * {@link #load(Path)} a network, and {@code compile} a plan that runs it again and again.
 *
 * <pre>
 * Network network = Sepconv.load(Path.of("model.onnx"));
 * try (Sepconv sepconv = Sepconv.open(); NetworkPlan plan = sepconv.compile(network)) {
 *     NdArray output = plan.run(input);
 * }
 * </pre>
 *
 * It is safe for use by several threads. Closing it closes the engine; close plans before.
 */
public final class Sepconv implements AutoCloseable {

    private final Engines.Choice choice;

    private Sepconv(Engines.Choice choice) {
        this.choice = choice;
    }

    /**
     * Opens the best engine on its best device: an accelerator by {@code tornado}, else a CPU
     * device of it that {@code sepconv tune} measured to be faster than {@code simd}, else
     * {@code simd}, else a CPU device of {@code tornado}, else {@code plain}. {@link #toString()}
     * says which and why.
     *
     * @throws IllegalArgumentException if the system property {@code sepconv.device} names no
     * device that is here
     */
    public static Sepconv open() {
        return open(null, null);
    }

    /**
     * Opens the engine of that name on its best device.
     *
     * @param engine {@code tornado}, {@code simd}, {@code plain} or {@code java}
     * @throws IllegalArgumentException if there is no engine of that name
     * @throws EngineException if it can't be used here; the message says what to do
     */
    public static Sepconv open(String engine) {
        return open(engine, null);
    }

    /**
     * Opens an engine on a device.
     *
     * @param engine its name, or null for the best that has the device
     * @param device its id, its backend, or part of its name, in any case, as
     * {@code sepconv devices} lists them; null for the best; several with commas between them share
     * each network or layer
     * @throws IllegalArgumentException if there is no such engine or device, or several devices fit
     * @throws EngineException if the engine can't be used here; the message says what to do
     */
    public static Sepconv open(String engine, String device) {
        return new Sepconv(Engines.choose(engine, device));
    }

    /** All devices of all engines that can be used here, the best first. */
    public static List<Device> devices() {
        try (Engines.Inventory inventory = Engines.inventory()) {
            return inventory.devices();
        }
    }

    /**
     * Reads an ONNX model of operator set 7 to 28 that leaves no size open but its batch, which is
     * then 1.
     *
     * @param file the model; weights that it keeps in files are beside it
     * @return inputs, outputs and arrays named as in the model, all numbers float32
     * @throws IOException if it can't be read, is no ONNX model, is damaged, or does what we can't;
     * one sentence says what
     * @throws OpenSizeException if the model leaves a size open
     */
    public static Network load(Path file) throws IOException {
        return load(file, InputSizes.AS_IN_MODEL);
    }

    /**
     * {@link #load(Path)} with sizes for what the model leaves open.
     *
     * @throws IllegalArgumentException if {@code sizes} has one that the model doesn't know, or
     * another than it says
     */
    public static Network load(Path file, InputSizes sizes) throws IOException {
        return OnnxReader.read(file, sizes);
    }

    /**
     * {@link #load(Path)} of a model in memory, such as a resource of a jar, which holds all its
     * weights itself.
     */
    public static Network load(byte[] model) throws IOException {
        return load(model, InputSizes.AS_IN_MODEL);
    }

    /** {@link #load(byte[])} with sizes for what the model leaves open. */
    public static Network load(byte[] model, InputSizes sizes) throws IOException {
        return OnnxReader.read(model, sizes);
    }

    /**
     * Reads a model once, for networks of any sizes: where it leaves its batch, its picture's
     * height and width or others open, and one program needs several of them.
     *
     * @param file as {@link #load(Path)} takes it; it must stay as it is until the model is closed
     * @throws IOException if it can't be read, is no ONNX model, or is damaged
     */
    public static Model model(Path file) throws IOException {
        return OnnxReader.open(file);
    }

    /** {@link #model(Path)} of a model in memory, which must stay as it is. */
    public static Model model(byte[] model) throws IOException {
        return OnnxReader.open(model);
    }

    /**
     * A known network with random weights, to measure with, for pictures of the size that its paper
     * has.
     *
     * @param name {@code mobilenet-v1}, {@code mobilenet-v2}, both also with a width multiplier, as
     * in {@code mobilenet-v1:0.5}; {@code xception} or {@code alexnet}
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Network untrained(String name) {
        return KnownNetworks.of(name, null, null);
    }

    /**
     * Reads a NumPy file ({@code .npy}), whatever its number type and order, as float32 in C order.
     *
     * @throws IOException if it can't be read, or is no such file
     * @throws IllegalArgumentException if its elements are no numbers, or too many for one array
     */
    public static NdArray readNpy(Path file) throws IOException {
        NpyHeader header = Npy.readHeader(file);
        float[] data = Npy.read(file);
        return NdArray.of(new Dims(header.shape()), data);
    }

    /**
     * Writes a NumPy file ({@code .npy}) of float32, whole or not at all.
     *
     * @throws IOException if it can't be written; what was there before is then as it was
     */
    public static void writeNpy(Path file, NdArray array) throws IOException {
        Npy.write(file, array.dims().sizes(), array.data());
    }

    /** Makes a network ready to run again and again; see {@link Engine#compile}. */
    public NetworkPlan compile(Network network) {
        return engine().compile(network, device());
    }

    /**
     * Several plans of a network, for as many threads; see {@link Engine#pool}.
     *
     * @param plans how many, at least 1; more than there are processors gain nothing
     */
    public PlanPool pool(Network network, int plans) {
        return engine().pool(network, device(), plans);
    }

    /**
     * Plans of a model by the sizes of what goes in, each compiled when it is first needed.
     *
     * @param model which stays open as long as new sizes may come
     * @param bound how many plans are kept, at least 1: of those of other sizes the one that was
     * not used for the longest is closed
     */
    public PlanCache plans(Model model, int bound) {
        return PlanCache.of(bound, sizes -> compile(model.at(sizes)));
    }

    /**
     * The same network for several images a run: its inputs and outputs have {@code images} in
     * place of 1 as their first dimension. {@link NdArray#concat} makes such an input of single
     * ones, {@link NdArray#split} single ones of an output.
     *
     * @param images at least 1
     * @throws IllegalArgumentException if an input or output has not 1 as its first dimension, or
     * an operation reads across images; the sentence names it
     */
    public static Network batch(Network network, int images) {
        return Batches.of(network, images);
    }

    /**
     * Makes a layer ready to run again and again on inputs of one shape, in and out in NCHW.
     *
     * @param layer as {@link Layer#withWeights} gives it
     * @param input the shape of every input
     * @throws IllegalArgumentException if the layer can't take such an input
     * @throws EngineException if the device can't do it: out of memory, a driver's failure
     */
    public Plan compile(Op.Convolve layer, Shape input) {
        return compile(layer, input, Layout.NCHW);
    }

    /** {@link #compile(Op.Convolve, Shape)} with inputs and outputs of that layout. */
    public Plan compile(Op.Convolve layer, Shape input, Layout layout) {
        return engine().compile(layer, input, layout, device());
    }

    /** The engine, for what is asked of it alone, such as {@link Fusion}. */
    public Engine engine() {
        return choice.engine();
    }

    /** The device that is used. */
    public Device device() {
        return choice.device();
    }

    /** Which engine and device these are, and why: one line. */
    @Override
    public String toString() {
        return choice.toString();
    }

    @Override
    public void close() {
        choice.close();
    }
}
