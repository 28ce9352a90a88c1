// Runs TinyXception and MobileNetV1-SSD of @vladmandic/face-api, by the package's own code, with TensorFlow.js in plain JavaScript (backend
// "cpu") on seeded noise, and writes samples of every layer. Call it through make-references.
//
// Noise: x = x * 1664525 + 1013904223 modulo 2^32 from x = seed; each step gives the pixel value x >>> 24, 0 to 255, in the order of the
// tensor: rows, columns, then red, green, blue. (Numerical Recipes' generator; its top byte is all that is asked of it.)
//
// A layer is recorded where TensorFlow.js's kernel for it returns, so the networks' code runs as it is published. It has the name of the
// parameter that the kernel read, without the parameter's own part; a kernel without parameters has the name of the layer that ran before
// it, and its own: entry_flow/conv_in, entry_flow/conv_in/relu.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs');
const faceapi = require('@vladmandic/face-api/dist/face-api.node-wasm.js');

const [models, target] = process.argv.slice(2);
const SAMPLES = 48;

function generator(seed) {
  let x = seed | 0;
  return () => (x = (Math.imul(x, 1664525) + 1013904223) | 0) >>> 0;
}

function noise(size, seed) {
  const next = generator(seed);
  return tf.tensor(Float32Array.from({ length: size * size * 3 }, () => next() >>> 24), [size, size, 3]);
}

/** Nine digits are enough for a float32. */
function float32(value) {
  return Number(value.toPrecision(9));
}

/** What is kept of an array: its shape, its largest magnitude, and the numbers at some places, counted in row-major (NHWC) order. */
function samples(name, shape, values) {
  const next = generator(values.length);
  const count = Math.min(SAMPLES, values.length);
  const at = Array.from({ length: count }, (_, i) => (count === values.length ? i : Math.floor((next() / 2 ** 32) * values.length)));
  return { name, shape, largest: float32(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)), at, values: at.map((i) => float32(values[i])) };
}

/** Kernels that are recorded; the word is for those that read no parameter. Convolutions are recorded when their bias is added. */
const KERNELS = {
  DepthwiseConv2dNative: 'depthwise', FusedBatchNorm: 'batch_norm', Add: 'add', Relu: 'relu', ClipByValue: 'relu6', MaxPool: 'max_pool',
  AvgPool: 'average_pool', Softmax: 'softmax', Concat: 'concat',
};

/** Runs something while the results of its kernels are recorded. */
async function record(nets, run) {
  const parameters = new Map();
  for (const net of nets) {
    for (const { originalPath, paramPath } of net.paramMappings) {
      const name = (originalPath ?? paramPath).replace(/\/(BatchNorm\/)?[^/]*$/, '');
      parameters.set(net.getParamFromPath(paramPath).dataId, name);
    }
  }
  const layers = [];
  const originals = Object.keys(KERNELS).map((name) => tf.getKernel(name, 'cpu'));
  let last = 'input';
  for (const kernel of originals) {
    tf.unregisterKernel(kernel.kernelName, 'cpu');
    tf.registerKernel({
      ...kernel,
      kernelFunc: (call) => {
        const parameter = Object.values(call.inputs).map((input) => parameters.get(input?.dataId)).find((name) => name);
        const result = kernel.kernelFunc(call);
        last = parameter ?? `${last}/${KERNELS[kernel.kernelName]}`;
        if (kernel.kernelName === 'DepthwiseConv2dNative') last += '/depthwise';
        layers.push(samples(last, result.shape, call.backend.readSync(result.dataId)));
        return result;
      },
    });
  }
  await run();
  for (const kernel of originals) {
    tf.unregisterKernel(kernel.kernelName, 'cpu');
    tf.registerKernel(kernel);
  }
  return { layers };
}

async function weights(name) {
  const load = tf.io.weightsLoaderFactory(async (files) => files.map((file) => {
    const bytes = fs.readFileSync(file);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  }));
  return load(JSON.parse(fs.readFileSync(path.join(models, `${name}-weights_manifest.json`))), models);
}

function write(name, seed, size, layers) {
  const versions = { 'face-api': faceapi.version, tfjs: tf.version.tfjs, backend: tf.getBackend() };
  const document = { network: name, versions, seed, input: [1, size, size, 3], layers };
  const lines = layers.map((layer) => `    ${JSON.stringify(layer)}`).join(',\n');
  const text = JSON.stringify({ ...document, layers: [] }, null, 2).replace('"layers": []', `"layers": [\n${lines}\n  ]`);
  fs.mkdirSync(target, { recursive: true });
  fs.writeFileSync(path.join(target, `${name}.json`), `${text}\n`);
  console.log(`${name}: ${layers.length} layers, ${text.length} bytes`);
}

async function tinyXception() {
  const net = new faceapi.AgeGenderNet();
  net.loadFromWeightMap(await weights('age_gender_model'));
  const { layers } = await record([net, net.faceFeatureExtractor], () => net.forward(noise(112, 1)));
  // the first concatenation makes the mean colour that is subtracted
  write('tiny-xception', 1, 112, layers.filter(({ name }) => name !== 'input/concat'));
}

/** On 160 pixels, where the published size is 512: its maps get odd sizes sooner, and it is a tenth of the work for whoever compares. */
async function mobilenet() {
  const net = new faceapi.SsdMobilenetv1();
  net.loadFromWeightMap(await weights('ssd_mobilenetv1_model'));
  // 5118 anchors belong to 512 pixels; what is made with anchors is not kept
  const { params } = net;
  params.output_layer.extra_dim = tf.zeros([1, 10 * 10 * 3 + (5 * 5 + 3 * 3 + 2 * 2 + 1 + 1) * 6, 4]);
  const input = { toBatchTensor: () => tf.expandDims(noise(160, 2)) };
  const { layers } = await record([net], () => net.forwardInput(input));
  const [boxes, classes] = layers.flatMap(({ name }, i) => (name.endsWith('/concat') ? [i] : []));
  layers[boxes].name = 'boxes';
  layers[classes].name = 'classes';
  write('mobilenet-v1-ssd', 2, 160, layers.slice(0, classes + 1));
}

await tf.setBackend('cpu');
await tf.ready();
await tinyXception();
await mobilenet();
