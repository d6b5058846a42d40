mod decide;
mod pieces;
