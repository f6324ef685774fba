#include "ui/render.h"

SDL_Texture *render_fonts(SDL_Renderer *r, ImGuiIO &io)
{
	unsigned char *pixels;
	int width, height;
	SDL_Texture *t;

	io.Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);
	t = SDL_CreateTexture(r, SDL_PIXELFORMAT_ABGR8888, SDL_TEXTUREACCESS_STATIC, width, height);
	if (!t)
		return NULL;
	SDL_UpdateTexture(t, NULL, pixels, 4 * width);
	SDL_SetTextureBlendMode(t, SDL_BLENDMODE_BLEND);
	SDL_SetTextureScaleMode(t, SDL_ScaleModeNearest);
	io.Fonts->SetTexID((ImTextureID)t);
	return t;
}

static bool clip(SDL_Renderer *r, const ImDrawData *data, const ImDrawCmd *c)
{
	SDL_Rect rect;
	float x0 = c->ClipRect.x - data->DisplayPos.x, y0 = c->ClipRect.y - data->DisplayPos.y;
	float x1 = c->ClipRect.z - data->DisplayPos.x, y1 = c->ClipRect.w - data->DisplayPos.y;

	if (x0 < 0)
		x0 = 0;
	if (y0 < 0)
		y0 = 0;
	if (x1 > data->DisplaySize.x)
		x1 = data->DisplaySize.x;
	if (y1 > data->DisplaySize.y)
		y1 = data->DisplaySize.y;
	if (x1 <= x0 || y1 <= y0)
		return false;
	rect = { (int)x0, (int)y0, (int)(x1 - x0), (int)(y1 - y0) };
	SDL_RenderSetClipRect(r, &rect);
	return true;
}

void render_draw(SDL_Renderer *r, const ImDrawData *data)
{
	for (int n = 0; n < data->CmdListsCount; n++) {
		const ImDrawList *list = data->CmdLists[n];

		for (const ImDrawCmd &c : list->CmdBuffer) {
			const ImDrawVert *v = list->VtxBuffer.Data + c.VtxOffset;

			if (c.UserCallback || !clip(r, data, &c))
				continue;
			SDL_RenderGeometryRaw(r, (SDL_Texture *)c.GetTexID(), &v->pos.x, sizeof(*v),
					      (const SDL_Color *)&v->col, sizeof(*v), &v->uv.x, sizeof(*v),
					      list->VtxBuffer.Size - (int)c.VtxOffset,
					      list->IdxBuffer.Data + c.IdxOffset, (int)c.ElemCount, sizeof(ImDrawIdx));
		}
	}
	SDL_RenderSetClipRect(r, NULL);
}
