"""What a class needs beside lessons: fits that are there when it begins."""
