"""What voices on this machine share: phonemes from espeak-ng's child process, ONNX models, their files."""
