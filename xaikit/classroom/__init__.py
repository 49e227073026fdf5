"""What a class needs beside lessons: exercises, and fits that are there when it begins."""
