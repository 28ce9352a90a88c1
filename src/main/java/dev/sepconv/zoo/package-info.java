/**
 * Known networks: builders of MobileNetV1, MobileNetV2, Xception and AlexNet, and pretrained ones
 * from TensorFlow.js weights.
 */
package dev.sepconv.zoo;
